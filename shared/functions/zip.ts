import { inflateSync, strToU8, Zip, type ZipInputFile, zipSync } from "fflate";

/** A file's content as it lies in a zip: compressed once, however many zips it goes into. */
export interface CompressedFile {
  readonly deflated: Uint8Array;
  readonly crc32: number;
  /** Bytes before compression. */
  readonly size: number;
}

const DEFLATE = 8;
// The zip format's own beginning of time. Read in local time by zip tools, so it is given in local time as well.
const FIXED_TIME = new Date(1980, 0, 1, 0, 0, 0);
// -rw-r--r--: Lambda needs the files to be readable by everyone.
const READABLE = 0o100644 << 16;
const UNIX = 3;

/** Compresses the content. The same content gives the same bytes on every machine: fflate is plain JavaScript. */
export function compressFile(content: string | Uint8Array): CompressedFile {
  const zip = zipSync({
    f: [typeof content === "string" ? strToU8(content) : content, { level: 9, mtime: FIXED_TIME }],
  });
  // The local file header, section 4.3.7 of PKWARE's APPNOTE.TXT.
  const header = new DataView(zip.buffer, zip.byteOffset);
  const [crc32, compressedSize, size] = [14, 18, 22].map((offset) => header.getUint32(offset, true)) as [
    number,
    number,
    number,
  ];
  const begin = 30 + header.getUint16(26, true) + header.getUint16(28, true);
  return { deflated: zip.slice(begin, begin + compressedSize), crc32, size };
}

export function decompressFile({ deflated, size }: CompressedFile): Uint8Array {
  return inflateSync(deflated, { out: new Uint8Array(size) });
}

/** A zip whose bytes depend on the files' names and contents alone. */
export function deterministicZip(files: Readonly<Record<string, CompressedFile>>): Uint8Array {
  const chunks: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error) throw error;
    chunks.push(chunk);
  });
  for (const [filename, { deflated, crc32, size }] of Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const entry: ZipInputFile = {
      filename,
      size,
      crc: crc32,
      compression: DEFLATE,
      flag: 0,
      mtime: FIXED_TIME,
      os: UNIX,
      attrs: READABLE,
    };
    zip.add(entry);
    entry.ondata?.(null, new Uint8Array(deflated), true);
  }
  zip.end();
  return Buffer.concat(chunks);
}
