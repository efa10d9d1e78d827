import type { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";

/** A queue's name in SQS: that of a FIFO queue ends in `.fifo`. */
export function physicalQueueName(queue: Construct, fifo: boolean): string {
  const stack = BlueprintStack.of(queue);
  return fifo ? `${stack.nameOf("fifoQueue", queue)}.fifo` : stack.nameOf("queue", queue);
}
