import { TerraformOutput } from "cdktf";
import { Template } from "../testing/template";
import { TestStack } from "../testing/test-stack";
import { MachineImage } from "./machine-image";

describe("a machine image", () => {
  test.each([
    ["t3.micro", "x86_64"],
    ["t4g.micro", "arm64"],
  ])("for a %s is Amazon Linux 2023 for %s, by its public parameter", (instanceType, architecture) => {
    const name = `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${architecture}`;
    const image = MachineImage.amazonLinux2023(instanceType);
    expect(image.parameterName).toBe(name);
    expect(image.resolvedAtLaunch).toBe(`resolve:ssm:${name}`);
  });

  test("can be looked up at the time of the plan, as a value that plans show", () => {
    const stack = new TestStack();
    const id = MachineImage.amazonLinux2023("t4g.micro").idFor(stack, "image");
    new TerraformOutput(stack, "image-id", { value: id });
    const template = Template.of(stack);
    expect(template.dataSources("aws_ssm_parameter")).toMatchObject([
      { attributes: { name: "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64" } },
    ]);
    expect(template.outputs()["image-id"]?.value).toBe("${data.aws_ssm_parameter.image.insecure_value}");
  });
});
