import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { type Grant, ServiceRole } from "../security/service-role";

const CALLED_BY_SSM_AGENT = "The SSM agent, which Amazon Linux brings along, calls it to offer Session Manager.";

/**
 * What machines may do, and the instance profile that hands it to them. They can be reached by Session Manager, which
 * needs no open port and no key, and only what was granted beside it.
 *
 * Nothing that is granted may refer to a machine, which is made after it: name what it is granted by patterns.
 *
 * Unlike the AWS CDK: not the managed policy AmazonSSMManagedInstanceCore, with which a machine may read every parameter
 * of the account. `ec2messages` is left out: agents since 3.3.40.0 (2024) do not need it.
 */
export class InstanceRole extends Construct {
  readonly role: ServiceRole;
  readonly profileName: string;
  readonly profileArn: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const stack = BlueprintStack.of(this);
    this.role = new ServiceRole(this, "role", {
      service: "ec2.amazonaws.com",
      description: `Role of the machines ${stack.nameOf("role", this)}`,
    });
    this.role.grant({
      actions: ["ssm:UpdateInstanceInformation"],
      resources: [stack.arnOf("ec2", "instance/*")],
      uncalled: CALLED_BY_SSM_AGENT,
    });
    this.role.grant({
      actions: [
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
      ],
      // The service knows no resources.
      resources: ["*"],
      uncalled: CALLED_BY_SSM_AGENT,
    });
    const profile = new IamInstanceProfile(this, "profile", {
      name: stack.globalNameOf("instanceProfile", this),
      role: this.role.roleName,
    });
    // A machine needs the profile, so that each is made after all that it is granted, now and later, and is gone before it
    // is taken away.
    this.role.grantBefore(profile);
    this.profileName = profile.name;
    this.profileArn = profile.arn;
  }

  /** Allows the machines' programs what they call. */
  grant(grant: Grant): void {
    this.role.grant(grant);
  }

  /** Allows to publish metrics in one namespace, and no other. Give a reason where an agent does it, not code of ours. */
  grantPutMetrics(namespace: string, uncalled?: string): void {
    this.role.grantPutMetrics(namespace, uncalled);
  }

  /** Allows to write to a log group, by its ARN as Terraform has it (without `:*`). The stack makes the group, with its retention. */
  grantWriteLogs(logGroupArn: string, uncalled?: string): void {
    this.role.grant({
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: [`${logGroupArn}:*`],
      uncalled,
    });
  }
}
