/**
 * Packed by other programs: bzip2 1.0.8, xz 5.4, zstd 1.5, tar, Info-ZIP's zip 3.0, and Python's zipfile. The text is
 * {@link TEXT}; `labels` is an IDX file of the labels 0, 4, 1.
 */
import { crc32, deflateRawSync } from 'node:zlib';

/** 120 lines with runs of up to 119 letters. */
export const TEXT: string = Array.from({ length: 120 }, (_, i) => `line ${i} ${'a'.repeat(i)}\n`).join('');

const bytes = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'));

export const bzip2: { readonly labels: Uint8Array; readonly text: Uint8Array; readonly two: Uint8Array } = {
  labels: bytes('QlpoOTFBWSZTWcP8sFkAAAFAAGxAIAAwzQEP1JoEWzfF3JFOFCQw/ywWQA=='),
  text: bytes(
    'QlpoOTFBWSZTWVyetcMAAsr/gH//////////////////+AAwAWMMhSgACGJgmTTCYADyiYExGTJpgACYNGQ0aA0IhU0H5+qqAGIaNAAaNAGgYhoBpoABiYgAaZDDFUoD//VNVQGgNAGmCAGQA00BoyaGmIDIyGmgDIYgIQGtkZGpBrJK2bdxarfwM48ufTr2NZ+rT2atm7hj7uXTt49fP4EFLChxIohxoUf4SyJMqXMm/M6fQm/X3RpflOp+1f6pWr2LNq3cu3r93BhxY8n/lzZ9GfSRq1klbNu4svfwM48ufTr2NoBAEAjhgAACEIxjGMYhCTJEgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAUkl4bWta1rWtQ2qq5VVVVVUWkbUjakkkkkkklXLlVVVVVRZNVLlVVVVVRZNC2AAANcikFsAAAa5FILYAAA1yKQWwAABrkUgtgAADXIpBbAAAGuRqm0nIk0nI2knIm01G1I0mnE0380k24l9Ek24/ekm3F9kk241rC7kinChILk9a4YA=',
  ),
  /** The text at level 1, and the text at level 9, one after the other. */
  two: bytes(
    'QlpoMTFBWSZTWVyetcMAAsr/gH//////////////////+AAwAWMMhSgACGJgmTTCYADyiYExGTJpgACYNGQ0aA0IhU0H5+qqAGIaNAAaNAGgYhoBpoABiYgAaZDDFUoD//VNVQGgNAGmCAGQA00BoyaGmIDIyGmgDIYgIQGtkZGpBrJK2bdxarfwM48ufTr2NZ+rT2atm7hj7uXTt49fP4EFLChxIohxoUf4SyJMqXMm/M6fQm/X3RpflOp+1f6pWr2LNq3cu3r93BhxY8n/lzZ9GfSRq1klbNu4svfwM48ufTr2NoBAEAjhgAACEIxjGMYhCTJEgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAUkl4bWta1rWtQ2qq5VVVVVUWkbUjakkkkkkklXLlVVVVVRZNVLlVVVVVRZNC2AAANcikFsAAAa5FILYAAA1yKQWwAABrkUgtgAADXIpBbAAAGuRqm0nIk0nI2knIm01G1I0mnE0380k24l9Ek24/ekm3F9kk241rC7kinChILk9a4YBCWmg5MUFZJlNZXJ61wwACyv+Af//////////////////4ADABYwyFKAAIYmCZNMJgAPKJgTEZMmmAAJg0ZDRoDQiFTQfn6qoAYho0ABo0AaBiGgGmgAGJiABpkMMVSgP/9U1VAaA0AaYIAZADTQGjJoaYgMjIaaAMhiAhAa2RkakGskrZt3Fqt/Azjy59OvY1n6tPZq2buGPu5dO3j18/gQUsKHEiiHGhR/hLIkypcyb8zp9Cb9fdGl+U6n7V/qlavYs2rdy7ev3cGHFjyf+XNn0Z9JGrWSVs27iy9/Azjy59OvY2gEAQCOGAAAIQjGMYxiEJMkSAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABSSXhta1rWta1DaqrlVVVVVRaRtSNqSSSSSSSVcuVVVVVVFk1UuVVVVVVFk0LYAAA1yKQWwAABrkUgtgAADXIpBbAAAGuRSC2AAANcikFsAAAa5GqbSciTScjaScibTUbUjSacTTfzSTbiX0STbj96SbcX2STbjWsLuSKcKEguT1rhgA==',
  ),
};

export const xz: Uint8Array = bytes(
  '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4CAlAfBdADYaSh8IoCYCn8gJCfGYuOHB4xOBzF84mMTSQhX4TFR1jLYDmcKb8KaiaMPjzf9xLn1HMEg6BDhxhsl8S0vukK83T+hLQAl6YRI4MZmJN6sMRsr9htXMB/xm5++BFxb66LN43CHON39LGseQQhCvo1MKKJZpMQcqhrWuteyDxzRXTKTeORQ4woSw2n10kiI5svaIzbgF3PvZt4zxtSfN9OS6tWwCjioGw6DI1WGdlUEpk3KAex8rTypxE25ZBLyZzdzUxC/gSKK1KAacT1df161B+IG37F6+EgorNqyd5IAPjKHatQV14T0RcofWjutPU4FpcNxfGzF7ByHgcvNfvgTVgSZv+5Kbz8k5AWjivghazUiVFSDoenHYQPhfIXwrAdJxUblUOXU6mA1NWRKmmU+jsBQUFLmZfbLK+zGD0tmUgFdtGG9vBmIhGTftyfzknAtT+zD2YRaXyd9+VE9DQLu3Qq9Mi8Hr8SY5XmZMIMH/Zd8cPq5juQuKGv4FY4E00jtAdOum8VYDIkQb9+c10/N2fw60YNkaVel9me9PYjghbhbUo7DWFmeMB6LNn6gLtALDOcx4VCB48NXZ9fi6OnN3K+k615o9VvUOG1+q+MdIV7l3zxGjrNhfsLsD4wYXlWp8FO3BNAvRQGYL/132qgAAoOkr7zQ10CsAAYwEpkAAAKdtPUexxGf7AgAAAAAEWVo=',
);

export const zstd: Uint8Array = bytes(
  'KLUv/WQmH+0QANKIFRKwFSQHjmBYQxZZkXLv1qUVyCDBeLmkkb1cionJxMvlab6/XNLI6uWSRuaXSxpZXy5pZHy5pJHRyyWNbF4uaWTyckkjYQtiL5c0wowgIywIIgAMBAgEgQKoUeraDAEGhiBn0agDEmAgMCA4zCIIwiAIIYQQQgghhBABIYQQQowxTEn4FG6wzSeCkoQP7OITQAny//ZG/Znz9VqL8hPj7zvwaKC100MFzefEw3fI5JZOb3eF3ix7IHLv8IXXAljTDMP3E0hhBo4IHm8zygd+H9YLnG7rofbQtKmoVRVnbKoTa5ERqEK7yqj6oKWOaPsmk18t8xjfe9XUueRnDnkUGVeJEY9xQ5VU8BRM3+DeEd8Lu5uzxQ2QisAtoxSKjTNbs9fLZJqwL8krQ7dlu6ZaiH7ulf1UEWb8TdEL7BNHVeRYISE1rMcHwcmd3TRsM2ANLTVRV0ETJ71kRZYJZYEwfqgAgw7S0N8ooByISMkhQlOAWiAoQPmmReyvCUbT8rMEwjVQkXKxKIevsm0x0XCD+c8S+2vIhYLNFH2sMpfhx0SiemyL4ojBYaXBRZTKAEqJvllaJ9uI5oXcNxBfvAQX0mdeYF8K5RN+G52VHecAJkVbBI2JejjjUb2zkRjuhjV/9qvuuyW0niv6QU4rJcWs7vcAU7HJpK5bzMWu3I4Obrgo8hiuZI3CRhg2W5JDrY5LL1ztoioXuTrTUgXDM6QW',
);

/** The files text and labels. */
export const zip: Uint8Array = bytes(
  'UEsDBBQAAAAIAIAyfV19K/wTBwIAACYgAAAEAAAAdGV4dL2US3LCQAxE9zmFj2DjD3AcFlmkiuL+y4QwSsy8sT0fSSs8+nRTUrfuX4/Pru8+7s/fobu9Pk7dLXyNP1/hc3p+hu/59zs8ltcjvM7hFZ4XeYb39e8dAkP/H5HQsApJ7LSOSXB8C0p0eo9KeI7CEl/iuCTOSEjmwoykromUjLVP5SQ5JJOSPaWzkh430pKPR4ICDAcVHBNKEgNDTWp0KEoOMa4a0+NE2cZgUbc1YhRuDhuV22NH6c4CULu3ChTvLgXV++tB+cGi4vrpaGVoOFweOo7XiJaMhaInZ7VoyloyuvLWjbbMxaMvVwJozBZD3DnnywKtBQJBb4lU0FwkGnSXyQfthUJCf6mkAFAsLiCUywwQFYKLMZYa6QGkSoRAqZMjYCqFCZxaiQKoWqxAqpctoBoEDKwWKQOsSdQx2rlN3oBrFDrwWiUPwGbxA7HdBoBUMAQwNawBUBWTAFXHLoBVMk6Me9GyEIDVzARkPVsBWtFgwNa0GsBVTQd0XfsBXtmIwNe2JAjUzRkzXPVtCgoDw4LDwrogMTExWGzsDBojY4PHyuIgMjM7mOxsDyrDAxBzDb3lLSCb6Vkgne2FIJ/xsSCh9d0go/kJIaX9NSGnw2EhqceNIavLuQHt4HN4yOt0gkjsdYzI7HaWSO13oMjteKpI7nm0yO56vkjve8jI73zSVn/gG1BLAwQKAAAAAABgMn1dFkkrHQsAAAALAAAABgAAAGxhYmVscwAACAEAAAADAAQBUEsBAh4DFAAAAAgAgDJ9XX0r/BMHAgAAJiAAAAQAAAAAAAAAAQAAAKSBAAAAAHRleHRQSwECHgMKAAAAAABgMn1dFkkrHQsAAAALAAAABgAAAAAAAAAAAAAApIEpAgAAbGFiZWxzUEsFBgAAAAACAAIAZgAAAFgCAAAAAA==',
);

/** The files text and labels, gzipped. */
export const tarGzip: Uint8Array = bytes(
  'H4sIAAAAAAACA+2a207bQBRFjdqHiq/wJ8x97M9JpTxUiooEVOrn1wSvAUIuvsyMRXX2A/Gcs/faUgQkBD/v/z43haUGBeeOj4NOHo1SLjTaW2WiM0rHRulhEppWNRX05+l599i2zePDw9Un4tb+i+rw6/e+Ve398VG3u9cL0+7GKztcjZfu5XK89sfr8RBeD+Mpjqfx2HEcz306jwOt3iaM9LsRM/N+xtB+GDJ1H6eM/cmYeTids4ifFmy6zxtW/ZkVT6s6t2Opzy7ZmvNb1vbCmr27tMfgLxpwhMsOLPGKBU93zYOpv2rie1Ndd2HTN2z4zC0fRnvTiNPddmL1E6x4wxQv5jjJjLub5sbeT7TzO0RN9RPQkwMkzPQEETsjQsbNyRDys0KkwrwUsTgzRq6bmyPYzw7ycqLmJ4nqBVGyZkmWsF0UJu2WpYn7hXHyYWkeQFwMgNAtJ4DoVyB486LWMIDoVRAoZh0FjF2JgePWcgD51SBIYT0JVMyAgtXlYAHrs8B4N67y0MDpTDh4JhcPoM0GhOjyEUH6jEiYIScTaMwKhdrlpYLtM2P5C1bl5gLW2cGQTX4yaFsADduVYAP3ReDQQxk6+FgID78rxaegL1bAB0uqXAMVumAFHaZkByW2aAktrmwLNb5wDT2hdA9FsXgRTV35Jqr6ClXpI2VVoyy16Sptqc7UqUt9tlJfKnS1ClOjr9aYKkO9ytQZK3am0q5maWrtq7amf1ypurWpV1fuTcWmdnFqttWbU7WrX526/QbdqTxsUZ7a4ybtqb7bpj719xv17+4b0X+qw+7n/vC05f0/g7Tl/h8djX25/yfaKPf/1NGPu+HLt+b7nfwwiEQikUgkEolEIpFIJBKJRCKRSCQSiUQikUgkEolEIpFIJBJ9Af0D57AxYQBQAAA=',
);

/** big.txt, "zip64 " ten times, with sizes of 64 bits. */
export const zip64: Uint8Array = bytes(
  'UEsDBC0AAAAAAAAAIQAuYsgu//////////8HABQAYmlnLnR4dAEAEAA8AAAAAAAAADwAAAAAAAAAemlwNjQgemlwNjQgemlwNjQgemlwNjQgemlwNjQgemlwNjQgemlwNjQgemlwNjQgemlwNjQgemlwNjQgUEsBAi0DLQAAAAAAAAAhAC5iyC48AAAAPAAAAAcAAAAAAAAAAAAAAIABAAAAAGJpZy50eHRQSwUGAAAAAAEAAQA1AAAAdQAAAAAA',
);

/** folder/a.txt, "hello hello hello", packed by bzip2. */
export const zipOfBzip2: Uint8Array = bytes(
  'UEsDBC4AAAAMAGAyfV2AiPnlLQAAABEAAAAMAAAAZm9sZGVyL2EudHh0QlpoOTFBWSZTWZ5iW/4AAAKRAEAAAkSgACEUYGaCke8jRwu5IpwoSE8xLf8AUEsBAi4DLgAAAAwAYDJ9XYCI+eUtAAAAEQAAAAwAAAAAAAAAAAAAAIABAAAAAGZvbGRlci9hLnR4dFBLBQYAAAAAAQABADoAAABXAAAAAAA=',
);

/** A zip archive of files, each deflated, or stored as it is. */
export function zipOf(
  files: Readonly<Record<string, Uint8Array | string>>,
  stored: boolean = false,
): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(files)) {
    const data = Buffer.from(content);
    const packed = stored ? data : deflateRawSync(data);
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(20, 4);
    header.writeUInt16LE(0x800, 6);
    header.writeUInt16LE(stored ? 0 : 8, 8);
    header.writeUInt32LE(crc32(data), 14);
    header.writeUInt32LE(packed.length, 18);
    header.writeUInt32LE(data.length, 22);
    header.writeUInt16LE(Buffer.byteLength(name), 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(20, 4);
    header.copy(entry, 6, 4, 30);
    entry.writeUInt32LE(at, 42);
    directory.push(entry, Buffer.from(name));
    parts.push(header, Buffer.from(name), packed);
    at += 30 + Buffer.byteLength(name) + packed.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(at, 16);
  return Uint8Array.from(Buffer.concat([...parts, entries, end]));
}
