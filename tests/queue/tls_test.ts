/** A queue by TLS: its certificate must be trusted, and what is not is said at once. */
import { join } from "node:path";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ended, inTempFolder, start } from "../support/commands.ts";
import { RedisServer } from "./support/redis_server.ts";

Deno.test("a queue by TLS answers who trusts its certificate in DENO_CERT; others are told so without waiting", () =>
  inTempFolder(async (folder) => {
    const [certificate, key] = ["queue.pem", "queue.key"].map((name) => join(folder, name));
    // As docs/scale.md says.
    const { success, stderr } = await new Deno.Command("openssl", {
      args: [
        ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=queue"],
        ...["-addext", "subjectAltName=IP:127.0.0.1"],
        ...["-addext", "basicConstraints=critical,CA:FALSE"],
        ...["-keyout", key, "-out", certificate],
      ],
    }).output();
    assertEquals(success, true, new TextDecoder().decode(stderr));
    await using server = await RedisServer.start({ password: "pw", tls: { certificate, key } });
    const list = (env: Record<string, string>) =>
      ended(start("jobs", ["list"], { env: { GAN_WORKBOOK_QUEUE: server.url, ...env } }));
    const trusted = await list({ DENO_CERT: certificate });
    assertEquals(trusted.code, 0, trusted.stderr);
    assertMatch(trusted.stdout, /0 waiting/);
    // Without --if-gone end: waiting would not mend it.
    const stranger = await list({});
    assertEquals(stranger.code, 1);
    assertStringIncludes(stranger.stderr, "its certificate must be one that Deno trusts");
    assertEquals(stranger.stderr.includes("pw@"), false);
  }));
