import { EbsVolume } from "@cdktf/provider-aws/lib/ebs-volume";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { checkProps, isWhole } from "../blueprint/checked-props";
import type { Key } from "../security/key";

export interface VolumeProps {
  /** 1 to 16,384. It can grow later; a smaller number replaces the volume. */
  readonly sizeGiB: number;
  /** The zone of the machine that it is for, such as `eu-central-1a`: a volume never leaves its zone. */
  readonly availabilityZone: string;
  readonly key: Key;
}

/** What gp3 takes in every Region. */
const MAX_SIZE_GIB = 16_384;

/** An encrypted gp3 volume. */
export class Volume extends Construct {
  readonly volumeId: string;
  readonly arn: string;
  readonly key: Key;

  constructor(scope: Construct, id: string, props: VolumeProps) {
    super(scope, id);
    checkProps(this, [
      {
        prop: "sizeGiB",
        holds: isWhole(props.sizeGiB, 1, MAX_SIZE_GIB),
        allowed: `a whole number from 1 to ${MAX_SIZE_GIB}`,
        given: props.sizeGiB,
        mend: "spread more data than that over several volumes",
      },
    ]);
    const stack = BlueprintStack.of(this);
    const { retainData } = stack.parameters;
    const volume = new EbsVolume(this, "volume", {
      availabilityZone: props.availabilityZone,
      size: props.sizeGiB,
      type: "gp3",
      encrypted: true,
      kmsKeyId: props.key.arn,
      // For what `preventDestroy` cannot see: a volume that was taken out of the code. Once data are let go of, none is left.
      finalSnapshot: retainData,
      tags: { Name: stack.nameOf("nameTag", this) },
      lifecycle: { preventDestroy: retainData },
    });
    this.volumeId = volume.id;
    this.arn = volume.arn;
    this.key = props.key;
  }
}
