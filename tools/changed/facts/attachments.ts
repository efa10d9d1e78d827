import { blocks } from "../../../shared/testing/policy-document";
import type { Template } from "../../../shared/testing/template";
import type { Fact } from "../fact";
import { ownerOf } from "./owner";

const ATTACHMENTS = [
  "aws_iam_role_policy_attachment",
  "aws_iam_user_policy_attachment",
  "aws_iam_group_policy_attachment",
  "aws_iam_policy_attachment",
];
const IDENTITIES = ["aws_iam_role", "aws_iam_user", "aws_iam_group"];

/** Policies that roles, users and groups have by attachment, and the boundaries that hold them back. */
export function attachmentFacts(template: Template): Fact[] {
  const has = (who: unknown, arn: string): Fact => ({
    effect: "opens",
    address: ownerOf(template, who, ...IDENTITIES),
    what: `has the policy ${ownerOf(template, arn, "aws_iam_policy")}`,
    attention: /:iam::aws:policy\//.test(arn) ? ["a policy of AWS's, which AWS may widen"] : [],
  });
  const identities = IDENTITIES.flatMap((type) => template.resources(type));
  return [
    ...ATTACHMENTS.flatMap((type) => template.resources(type)).flatMap(({ attributes }) =>
      [attributes.role, attributes.user, attributes.group, attributes.roles, attributes.users, attributes.groups]
        .flatMap((who) => blocks<unknown>(who))
        .map((who) => has(who, attributes.policy_arn)),
    ),
    ...identities.flatMap(({ address, attributes }) => [
      ...blocks<string>(attributes.managed_policy_arns).map((arn) => ({ ...has(undefined, arn), address })),
      ...blocks<string>(attributes.permissions_boundary).map(
        (boundary): Fact => ({
          effect: "closes",
          address,
          what: `is held within the boundary ${boundary}`,
          attention: ["permissions boundary weakened"],
        }),
      ),
    ]),
  ];
}
