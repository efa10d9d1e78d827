import { attachedPolicyArns } from "../../../../shared/testing/role-policies";
import { matchesAction } from "../../../../shared/testing/wildcard";
import { actionsMatching } from "../../permissions/iam-actions";
import { allowances, isAnything, isKeyPolicy, limitingConditionKeys, policiesOf } from "../policies";
import type { Finding, Rule } from "../rule";
import { filterAsync, unlimitedActions } from "../unlimited-actions";
import { trustRules } from "./trust";

export const identityRules: readonly Rule[] = [
  {
    id: "54.readable",
    title: "every policy can be read, and so be checked",
    source: "practice: a rule that passes over what it cannot read proves nothing",
    check: (template) =>
      policiesOf(template)
        .filter(({ error }) => error !== undefined)
        .map(({ address, error }) => ({
          address,
          what: `its policy cannot be read: ${error}`,
          mend: "write it with JSON.stringify or DataAwsIamPolicyDocument",
        })),
  },
  {
    id: "54.actions-exist",
    title: "every action in a policy exists",
    source: "practice: IAM takes a misspelled action without a word, and then grants nothing",
    check: async (template) => {
      const named = policiesOf(template).flatMap(({ address, statements }) =>
        statements.flatMap(({ Action = [], NotAction = [] }) =>
          [...Action, ...NotAction].filter((action) => action !== "*").map((action) => ({ address, action })),
        ),
      );
      const missing = await filterAsync(named, async ({ action }) => (await actionsMatching(action)).length === 0);
      return missing.map(({ address, action }) => ({
        address,
        what: `names the action ${action}, which does not exist`,
        mend: "spell it as in the Service Authorization Reference",
      }));
    },
  },
  {
    id: "54.wildcard-actions",
    title: "no policy allows all actions, or all of a service",
    source: "IAM.1, IAM.21, CKV_AWS_62, CKV_AWS_63",
    check: (template) =>
      allowances(policiesOf(template)).flatMap(({ policy, statement, name }) => {
        const { address } = policy;
        const mend = "name the actions that are used";
        const rootOfKey = isKeyPolicy(policy) && onlyAccountRoot(statement.Principal);
        const broad = (statement.Action ?? []).filter((action) => /^(?:\*|[^:]*:\*+)$/.test(action));
        return [
          ...broad
            .filter((action) => !(rootOfKey && action === "kms:*"))
            .map((action) => ({ address, what: `${name} allows ${action}`, mend })),
          ...(statement.NotAction ? [{ address, what: `${name} allows all but some actions (NotAction)`, mend }] : []),
        ];
      }),
  },
  {
    id: "54.resources",
    title: "an action that can be limited to some resources is",
    source: "CKV_AWS_355, CKV_AWS_356",
    check: async (template) => {
      const open = allowances(policiesOf(template).filter(({ kind }) => kind === "identity")).filter(
        ({ statement }) => statement.NotResource !== undefined || (statement.Resource ?? []).some(isAnything),
      );
      const findings = open.map(async ({ policy: { address }, statement, name }): Promise<Finding[]> => {
        return (await unlimitedActions(statement)).map((action) => ({
          address,
          what: `${name} allows ${action} on all resources`,
          mend: "name the ARNs, or add a condition that narrows, such as cloudwatch:namespace",
        }));
      });
      return (await Promise.all(findings)).flat();
    },
  },
  {
    id: "54.pass-role",
    title: "a role is handed over by its name, and to named services",
    source: "CKV_AWS_286; IAM.21: whoever may hand over any role has the permissions of all",
    check: (template) =>
      allowances(policiesOf(template).filter(({ kind }) => kind === "identity"))
        .filter(({ statement }) => (statement.Action ?? []).some((action) => matchesAction(action, "iam:PassRole")))
        .flatMap(({ policy: { address }, statement, name }) => [
          ...(statement.NotResource !== undefined || (statement.Resource ?? []).some(isEveryRole)
            ? [{ address, what: `${name} hands over any role`, mend: "name the roles' ARNs" }]
            : []),
          ...(limitingConditionKeys(statement).includes("iam:passedtoservice")
            ? []
            : [{ address, what: `${name} hands roles over to any service`, mend: "add iam:PassedToService" }]),
        ]),
  },
  {
    id: "54.attached",
    title: "no role has a policy of AWS attached that allows everything, or all of a service",
    source: "CKV_AWS_274, IAM.1",
    check: (template) =>
      template.resources("aws_iam_role").flatMap((role) =>
        attachedPolicyArns(template, role)
          .filter((arn) =>
            /:policy\/(?:.*\/)?(?:AdministratorAccess|PowerUserAccess|IAMFullAccess|\w+FullAccess)$/.test(arn),
          )
          .map((arn) => ({
            address: role.address,
            what: `has ${arn} attached`,
            mend: "write a policy with the actions that are used",
          })),
      ),
  },
  ...trustRules,
];

function onlyAccountRoot(principal: Record<string, string[]> = {}): boolean {
  const { AWS = [], ...others } = principal;
  return AWS.length > 0 && AWS.every((arn) => arn.endsWith(":root")) && Object.keys(others).length === 0;
}

function isEveryRole(resource: string): boolean {
  return isAnything(resource) || /:role\/\*+$/.test(resource);
}
