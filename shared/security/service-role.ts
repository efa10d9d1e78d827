import type { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { GrantedRole } from "./granted-role";

export type { Grant, Grantee } from "./granted-role";

export interface ServiceRoleProps {
  /** The one service that may assume the role, such as `lambda.amazonaws.com`. */
  readonly service: string;
  /** What the role is for, in the account's list of roles. */
  readonly description: string;
  /** ARN patterns of what the service acts for (`aws:SourceArn`). @default - the service does not send one */
  readonly sourceArns?: readonly string[];
}

/** A role that one service assumes and that has only what it was granted. */
export class ServiceRole extends GrantedRole {
  constructor(scope: Construct, id: string, { service, description, sourceArns }: ServiceRoleProps) {
    super(scope, id, {
      description,
      trust: {
        Effect: "Allow",
        Principal: { Service: service },
        Action: "sts:AssumeRole",
        ...(sourceArns && {
          Condition: {
            StringEquals: { "aws:SourceAccount": BlueprintStack.of(scope).accountId },
            ArnLike: { "aws:SourceArn": sourceArns },
          },
        }),
      },
    });
  }
}
