import { gzipSync } from "node:zlib";
import { assertEquals, assertThrows } from "@std/assert";
import { kindOf } from "@/formats/kinds.ts";
import { decodeNpy } from "@/formats/npy.ts";
import { decodeSafetensors, encodeSafetensors } from "@/formats/safetensors.ts";

const ascii = (text: string) => [...text].map((sign) => sign.charCodeAt(0));
const bytes = (...parts: (string | number | number[])[]) =>
  Uint8Array.from(parts.flatMap((part) => typeof part === "string" ? ascii(part) : part));

/** A zip archive of empty files, stored: the entries, the directory, its end. */
function zip(...names: string[]): Uint8Array<ArrayBuffer> {
  const entry = (name: string) =>
    bytes("PK", 3, 4, new Array(22).fill(0), name.length, 0, 0, 0, name);
  const listed = (name: string) =>
    bytes("PK", 1, 2, new Array(24).fill(0), name.length, new Array(17).fill(0), name);
  const entries = names.flatMap((name) => [...entry(name)]);
  const directory = names.flatMap((name) => [...listed(name)]);
  const count = [names.length, 0];
  const end = bytes(
    ...["PK", 5, 6, 0, 0, 0, 0, count, count],
    ...[directory.length % 256, directory.length >> 8, 0, 0],
    ...[entries.length % 256, entries.length >> 8, 0, 0, 0, 0],
  );
  return Uint8Array.from([...entries, ...directory, ...end]);
}

/** Each file that people hand in, and what an .npy reader says it got. */
const files: Record<string, [Uint8Array, string]> = {
  "x.npz": [
    zip("arr_0.npy"),
    'an .npz file, an archive of arrays: "arr_0". In NumPy: np.save("x_mended.npy", np.load("x.npz")["arr_0"])',
  ],
  "xy.npz": [
    zip("images.npy", "labels.npy"),
    'an .npz file, an archive of arrays: "images", "labels". In NumPy, for the NAME that has the images: np.save("xy_mended.npy", np.load("xy.npz")[NAME])',
  ],
  "x.pt": [
    zip("archive/data.pkl", "archive/data/0", "archive/version"),
    'a PyTorch file (.pt, .pth). In PyTorch, if it holds one tensor: numpy.save("x_mended.npy", torch.load("x.pt", map_location="cpu").detach().numpy())',
  ],
  "x.zip": [zip("a.png", "b.png"), "a zip archive"],
  "x.npy.gz": [
    gzipSync(new Uint8Array(9)),
    'a gzip file. Unpack it: gunzip -c "x.npy.gz" > "x.npy_mended.npy"',
  ],
  "x.pkl": [
    bytes(0x80, 4, 0x95, "......."),
    'a Python pickle (.pkl, or .pt of an old PyTorch). In Python, if you trust it and it holds one array: numpy.save("x_mended.npy", pickle.load(open("x.pkl", "rb")))',
  ],
  "numbers.csv": [
    bytes("0,0.5,1\r\n0,0,1\r\n"),
    'a table of text (CSV). In NumPy: np.save("numbers_mended.npy", np.loadtxt("numbers.csv", delimiter=","))',
  ],
  "header.csv": [
    bytes("label;a;b\n1;0;0\n"),
    'a table of text (CSV). In NumPy: np.save("header_mended.npy", np.loadtxt("header.csv", delimiter=";", skiprows=1))',
  ],
  "mark.csv": [
    bytes([0xef, 0xbb, 0xbf], "1,2,3\n"),
    'a table of text (CSV). In NumPy: np.save("mark_mended.npy", np.loadtxt("mark.csv", delimiter=",", encoding="utf-8-sig"))',
  ],
  "x.png": [bytes(0x89, "PNG\r\n", 0x1a, "\n"), "a PNG picture"],
  "x.jpg": [bytes(0xff, 0xd8, 0xff, 0xe0, "...."), "a JPEG picture"],
  "x.gif": [bytes("GIF89a"), "a GIF picture"],
  "x.mat": [
    bytes("MATLAB 5.0 MAT-file, Platform: GLNXA64"),
    'a .mat file of MATLAB. In Python, for the NAME that has the images: numpy.save("x_mended.npy", scipy.io.loadmat("x.mat")[NAME])',
  ],
  "x.h5": [bytes(0x89, "HDF\r\n", 0x1a, "\n"), "an HDF5 file (.h5, or .mat of MATLAB 7.3)"],
  "x.json": [bytes('{"images": []}'), "a text, perhaps JSON"],
  "x.html": [bytes("<!DOCTYPE html><html>"), "an HTML page, perhaps a failed download"],
  "t10k-images-idx3-ubyte": [
    bytes(0, 0, 8, 3, 0, 0, 39, 16),
    "an IDX file of images, as MNIST has them",
  ],
  "t10k-labels-idx1-ubyte": [
    bytes(0, 0, 8, 1, 0, 0, 39, 16),
    "an IDX file of labels, as MNIST has them",
  ],
  "pointer": [
    bytes("version https://git-lfs.github.com/spec/v1\n"),
    "a pointer of Git LFS: run git lfs pull",
  ],
  "x.safetensors": [encodeSafetensors({ arrays: {}, metadata: {} }), "a safetensors file"],
  "x.txt": [bytes("a text\n"), "a text"],
  "x.bin": [bytes(200, 1, 0, 7, 255, 254, 3), "something else"],
};

for (const [name, [content, found]] of Object.entries(files)) {
  Deno.test(`${name} in place of an .npy file is named`, () => {
    const error = assertThrows(() => decodeNpy(content, name), RangeError);
    assertEquals(
      error.message,
      `Cannot read ${name}: it must be an .npy file, as numpy.save writes it, got ${found}`,
    );
  });
}

Deno.test("a safetensors file is known though the length of its header begins like a gzip file", () => {
  // 0x8b1f begins a gzip file.
  const header = `{"__metadata__":{"a":"${"x".repeat(0x8b1f)}"}}`.slice(-0x8b1f);
  const file = bytes(0x1f, 0x8b, 0, 0, 0, 0, 0, 0, "{", header.slice(1));
  assertEquals(kindOf(file)?.name, "a safetensors file");
});

Deno.test("another kind in place of a safetensors file is named", () => {
  for (const [name, kind] of [["x.pt", "a PyTorch file"], ["x.png", "a PNG picture"]]) {
    assertThrows(
      () => decodeSafetensors(files[name][0], name),
      RangeError,
      `Cannot read ${name}: it must be a safetensors file, got ${kind}`,
    );
  }
});

Deno.test("a zip archive that is cut anywhere behind its fourth byte is known as a zip archive", () => {
  const whole = zip("images.npy", "labels.npy");
  for (let length = 4; length < whole.length; length++) {
    assertEquals(kindOf(whole.subarray(0, length))?.name, "a zip archive");
  }
});
