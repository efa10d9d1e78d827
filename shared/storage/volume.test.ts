import { BlueprintMistakes } from "../blueprint/mistakes";
import { Key } from "../security/key";
import { refersTo } from "../testing/references";
import { Template } from "../testing/template";
import { TestStack } from "../testing/test-stack";
import { Volume } from "./volume";

function deployed({ sizeGiB = 20, stack = new TestStack() } = {}) {
  const key = new Key(stack, "key", { description: "Volumes" });
  const volume = new Volume(stack, "home", { sizeGiB, availabilityZone: "eu-central-1a", key });
  return { volume, key, template: Template.of(stack) };
}

describe("a volume", () => {
  test("is gp3, in its zone, and encrypted with the key", () => {
    const { template, volume, key } = deployed();
    const { attributes } = template.only("aws_ebs_volume");
    expect(attributes).toMatchObject({
      availability_zone: "eu-central-1a",
      size: 20,
      type: "gp3",
      encrypted: true,
      tags: { Name: "test-home" },
    });
    expect(refersTo(attributes.kms_key_id, template.find("aws_kms_key", { description: "Volumes" }).address)).toBe(
      true,
    );
    expect(volume.key).toBe(key);
  });

  test("is protected, and leaves a snapshot when it is taken out of the code", () => {
    expect(deployed().template.only("aws_ebs_volume").attributes).toMatchObject({
      final_snapshot: true,
      lifecycle: { prevent_destroy: true },
    });
  });

  test("leaves nothing behind once data are let go of", () => {
    const stack = new TestStack({ retainData: false });
    expect(deployed({ stack }).template.only("aws_ebs_volume").attributes).toMatchObject({
      final_snapshot: false,
      lifecycle: { prevent_destroy: false },
    });
  });

  test.each([0, 16_385, 1.5])("refuses a size of %p GiB", (sizeGiB) => {
    expect(() => deployed({ sizeGiB })).toThrow(
      new BlueprintMistakes([
        `test: home.sizeGiB: must be a whole number from 1 to 16384, got ${sizeGiB}; spread more data than that over several volumes`,
      ]),
    );
  });
});
