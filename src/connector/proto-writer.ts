/** Writes length-delimited fields into one growing buffer, which is what messages of ids are made of. */
export class ProtoWriter {
  #buffer = Buffer.allocUnsafe(512);
  #length = 0;

  /** Begins a message field of `size` bytes; what is written next is in it. */
  open(field: number, size: number): void {
    this.#reserve(size + 16);
    this.#header(field, size);
  }

  bytes(field: number, value: Uint8Array): void {
    this.open(field, value.length);
    this.raw(value);
  }

  /** Puts whole fields, encoded elsewhere, after what is there. */
  append(fields: Uint8Array): void {
    this.#reserve(fields.length);
    this.raw(fields);
  }

  /** Goes on in the field that was opened, which has the room for it. */
  raw(value: Uint8Array): void {
    this.#buffer.set(value, this.#length);
    this.#length += value.length;
  }

  /** Empty texts are left out, as proto3 does. */
  text(field: number, value: string): void {
    if (value === "") return;
    this.open(field, Buffer.byteLength(value));
    this.#length += this.#buffer.write(value, this.#length);
  }

  finish(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  #header(field: number, size: number): void {
    this.#buffer[this.#length++] = (field << 3) | lengthDelimited;
    let rest = size;
    for (; rest > 127; rest >>>= 7) this.#buffer[this.#length++] = (rest & 127) | 128;
    this.#buffer[this.#length++] = rest;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + more));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }
}

const lengthDelimited = 2;

/** Bytes of a field (numbers below 16 take one) with `size` bytes in it. */
export function fieldSize(size: number): number {
  let header = 2;
  for (let rest = size; rest > 127; rest >>>= 7) header += 1;
  return header + size;
}

/** Bytes of a text field; none for an empty text. */
export function textSize(value: string): number {
  return value === "" ? 0 : fieldSize(Buffer.byteLength(value));
}
