import { TerraformOutput } from "cdktf";
import { mistakesOf } from "../testing/load-balanced-stack";
import { Template } from "../testing/template";
import { TestStack } from "../testing/test-stack";
import { MachineImage, type NamedImageProps } from "./machine-image";

describe("Amazon Linux 2023", () => {
  test.each([
    ["t3.micro", "x86_64"],
    ["t4g.micro", "arm64"],
  ])("for a %s is that for %s, by its public parameter, looked up at each launch", (instanceType, architecture) => {
    const stack = new TestStack();
    expect(MachineImage.amazonLinux2023().atLaunch(stack, instanceType)).toBe(
      `resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${architecture}`,
    );
    expect(Template.of(stack).dataSources("aws_ssm_parameter")).toEqual([]);
  });

  test("can be looked up at the time of the plan, as a value that plans show", () => {
    const stack = new TestStack();
    const id = MachineImage.amazonLinux2023().idFor(stack, "t4g.micro");
    new TerraformOutput(stack, "image-id", { value: id });
    const template = Template.of(stack);
    expect(template.dataSources("aws_ssm_parameter")).toMatchObject([
      { attributes: { name: "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64" } },
    ]);
    expect(template.outputs()["image-id"]?.value).toBe("${data.aws_ssm_parameter.image.insecure_value}");
  });
});

describe("an image of one's own", () => {
  const lookUp = (props: Partial<NamedImageProps> = {}) => {
    const stack = new TestStack();
    const image = MachineImage.named({ name: "orders-*", owner: "111122223333", ...props });
    new TerraformOutput(stack, "image-id", { value: image.atLaunch(stack, "t4g.micro") });
    return Template.of(stack);
  };

  test("is the newest of its name and owner for the type's architecture, by its id", () => {
    const template = lookUp();
    expect(template.dataSources("aws_ami")).toMatchObject([
      {
        attributes: {
          most_recent: true,
          owners: ["111122223333"],
          filter: [
            { name: "name", values: ["orders-*"] },
            { name: "architecture", values: ["arm64"] },
            { name: "state", values: ["available"] },
          ],
        },
      },
    ]);
    expect(template.outputs()["image-id"]?.value).toBe("${data.aws_ami.image.id}");
  });

  test("is refused where its root disk is not that which is encrypted", () => {
    const [image] = lookUp().dataSources("aws_ami");
    expect(image?.attributes.lifecycle.postcondition).toEqual([
      {
        condition: '${self.root_device_name == "/dev/xvda"}',
        error_message: expect.stringContaining('"orders-*" has its root disk at another name than /dev/xvda'),
      },
    ]);
  });

  test.each(["111122223333", "self", "amazon"])("may be owned by %s", (owner) => {
    expect(lookUp({ owner }).dataSources("aws_ami")[0]?.attributes.owners).toEqual([owner]);
  });

  test("is never anybody's of that name", () => {
    const stack = new TestStack();
    expect(mistakesOf(() => MachineImage.named({ name: "a", owner: "" }).idFor(stack.alarmTopic, "t4g.micro"))).toEqual(
      [
        'test: alarms.image.name: must be the name of a machine image, 3..128 characters, got "a"; take it from `aws ec2 describe-images --owners self`',
        "test: alarms.image.owner: must be an account's 12 digits, self or amazon, got \"\"; without it, anybody's image of that name would do",
      ],
    );
  });
});
