/**
 * What work throws at a message that fails however often it is tried. It comes again without a delay, and so soon reaches the
 * dead-letter queue, without holding up its group.
 */
export class HopelessMessage extends Error {
  override readonly name = "HopelessMessage";
}
