/**
 * The text of a body of so many bytes at most: whoever answers does not fill the memory of who
 * asked.
 *
 * @throws {RangeError} There are more.
 */
export async function text(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  mostBytes: number,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for (let bytes = 0; bytes <= mostBytes; ) {
    const { done, value } = await reader.read();
    if (done) {
      return text;
    }
    bytes += value.length;
    text += decoder.decode(value, { stream: true });
  }
  void reader.cancel().catch(() => {});
  throw new RangeError(`the answer is longer than ${mostBytes} bytes`);
}
