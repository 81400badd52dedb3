/**
 * What a file is, judged by its first bytes and not by its name, so that a reader that was given
 * another kind of file can say which.
 *
 * @module
 */

/** A kind of file, with the way from it to an .npy file if there is a safe one. */
export interface Kind {
  name: string;
  /** The way from `file` to `out`, both in quotes. */
  toNpy?: (file: string, out: string) => string;
}

/** Each kind with the bytes that it begins with. */
const BEGINNINGS: { bytes: number[] | string; kind: Kind }[] = [
  {
    bytes: [0x1f, 0x8b],
    kind: {
      name: "a gzip file",
      toNpy: (file, out) => `Unpack it: gunzip -c ${file} > ${out}`,
    },
  },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], kind: { name: "a file packed with zstd" } },
  { bytes: [0xfd, ...ascii("7zXZ")], kind: { name: "a file packed with xz" } },
  { bytes: "BZh", kind: { name: "a file packed with bzip2" } },
  { bytes: [0x93, ...ascii("NUMPY")], kind: { name: "an .npy file of NumPy" } },
  { bytes: [0x89, ...ascii("PNG")], kind: { name: "a PNG picture" } },
  { bytes: [0xff, 0xd8, 0xff], kind: { name: "a JPEG picture" } },
  { bytes: "GIF8", kind: { name: "a GIF picture" } },
  { bytes: "%PDF", kind: { name: "a PDF document" } },
  { bytes: [0x89, ...ascii("HDF")], kind: { name: "an HDF5 file (.h5, or .mat of MATLAB 7.3)" } },
  {
    bytes: "MATLAB 5.0",
    kind: {
      name: "a .mat file of MATLAB",
      toNpy: (file, out) =>
        `In Python, for the NAME that has the images: numpy.save(${out}, scipy.io.loadmat(${file})[NAME])`,
    },
  },
  { bytes: "PAR1", kind: { name: "a Parquet file" } },
  { bytes: "ARROW1", kind: { name: "an Arrow file" } },
  { bytes: [0, 0, 0x08, 0x03], kind: { name: "an IDX file of images, as MNIST has them" } },
  { bytes: [0, 0, 0x08, 0x01], kind: { name: "an IDX file of labels, as MNIST has them" } },
  { bytes: "version https://git-lfs", kind: { name: "a pointer of Git LFS: run git lfs pull" } },
];

export const SAFETENSORS: Kind = { name: "a safetensors file" };
const PYTORCH: Kind = {
  name: "a PyTorch file (.pt, .pth)",
  toNpy: (file, out) =>
    `In PyTorch, if it holds one tensor: numpy.save(${out}, torch.load(${file}, map_location="cpu").detach().numpy())`,
};
const PICKLE: Kind = {
  name: "a Python pickle (.pkl, or .pt of an old PyTorch)",
  toNpy: (file, out) =>
    `In Python, if you trust it and it holds one array: numpy.save(${out}, pickle.load(open(${file}, "rb")))`,
};

/** The kind of a file, by its bytes; undefined where they tell nothing. */
export function kindOf(bytes: Uint8Array): Kind | undefined {
  if (bytes.length === 0) return { name: "an empty file" };
  // First: its length can begin as another kind does.
  if (isSafetensors(bytes)) return SAFETENSORS;
  for (const { bytes: beginning, kind } of BEGINNINGS) {
    if (beginsWith(bytes, beginning)) return kind;
  }
  if (beginsWith(bytes, [0x50, 0x4b, 3, 4])) return kindOfZip(bytes);

  // A pickle of protocol 2 to 5 ends in a full stop; an old PyTorch file goes on after it.
  if (bytes[0] === 0x80 && bytes[1] >= 2 && bytes[1] <= 5) return PICKLE;
  return kindOfText(bytes);
}

function kindOfZip(bytes: Uint8Array): Kind {
  const names = namesInZip(bytes);
  if (names.some((name) => /(^|\/)data\.pkl$/.test(name))) return PYTORCH;
  const arrays = names.filter((name) => name.endsWith(".npy"));
  if (arrays.length === 0 || arrays.length < names.length) return { name: "a zip archive" };
  const keys = arrays.map((name) => name.slice(0, -".npy".length));
  const shown = keys.slice(0, 8).map((key) => JSON.stringify(key)).join(", ");
  return {
    name: `an .npz file, an archive of arrays: ${shown}${keys.length > 8 ? ", …" : ""}`,
    toNpy: (file, out) =>
      keys.length === 1
        ? `In NumPy: np.save(${out}, np.load(${file})[${JSON.stringify(keys[0])}])`
        : `In NumPy, for the NAME that has the images: np.save(${out}, np.load(${file})[NAME])`,
  };
}

/** The names of a zip archive, by its directory at the end, which begins each entry with PK 1 2. */
function namesInZip(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  // A comment of up to 64 KB may follow the end's record.
  for (const least = Math.max(0, end - 65_535); end >= least; end--) {
    if (view.getUint32(end, true) === 0x06054b50) break;
  }
  if (end < 0 || view.getUint32(end, true) !== 0x06054b50) return [];
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const names: string[] = [];
  while (names.length < count && at + 46 <= end && view.getUint32(at, true) === 0x02014b50) {
    const [length, extra, comment] = [28, 30, 32].map((from) => view.getUint16(at + from, true));
    names.push(new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + length)));
    at += 46 + length + extra + comment;
  }
  return names;
}

/** Whether it begins with 8 bytes of a length that fits, and then a JSON object. */
function isSafetensors(bytes: Uint8Array): boolean {
  if (bytes.length < 10 || bytes[8] !== 0x7b) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return view.getBigUint64(0, true) <= 100n * 2n ** 20n;
}

function kindOfText(bytes: Uint8Array): Kind | undefined {
  let text: string;
  try {
    // A character may be cut at the end of what is looked at.
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, 1024), {
      stream: true,
    });
  } catch {
    return undefined;
  }
  // deno-lint-ignore no-control-regex
  if (/[\x00-\x08\x0e-\x1f]/.test(text)) return undefined;
  if (/^\s*<(!doctype|html)/i.test(text)) {
    return { name: "an HTML page, perhaps a failed download" };
  }
  if (/^\s*[[{]/.test(text)) return { name: "a text, perhaps JSON" };
  const lines = text.split(/\r\n|\n|\r/, 3);
  const separator = [",", ";", "\t"].find((sign) => lines[0].split(sign).length > 2);
  if (separator === undefined) return { name: "a text" };
  const numbers = lines[0].split(separator).every((cell) => isNumber(cell));
  const settings = [
    `delimiter=${JSON.stringify(separator)}`,
    ...(numbers ? [] : ["skiprows=1"]),
    ...(beginsWith(bytes, [0xef, 0xbb, 0xbf]) ? ['encoding="utf-8-sig"'] : []),
  ].join(", ");
  return {
    name: "a table of text (CSV)",
    toNpy: (file, out) => `In NumPy: np.save(${out}, np.loadtxt(${file}, ${settings}))`,
  };
}

function isNumber(cell: string): boolean {
  return cell.trim() !== "" && Number.isFinite(Number(cell));
}

function beginsWith(bytes: Uint8Array, beginning: number[] | string): boolean {
  const wanted = typeof beginning === "string" ? ascii(beginning) : beginning;
  return wanted.every((byte, i) => bytes[i] === byte);
}

function ascii(text: string): number[] {
  return [...text].map((sign) => sign.charCodeAt(0));
}
