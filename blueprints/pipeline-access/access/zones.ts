import { type Access, type StackScope, unseen, WHEN_CHANGED } from "./scope";

/**
 * Private zones and their records. Route 53 knows neither names nor tags of zones in a policy, only the names of records:
 * a zone that is not empty cannot be deleted, and only records below `internal` are changed.
 */
export function zoneAccess(scope: StackScope): Access {
  const zones = [`arn:${scope.partition}:route53:::hostedzone/*`];
  return {
    reads: [
      {
        actions: ["route53:GetHostedZone", "route53:ListResourceRecordSets", "route53:ListTagsForResource"],
        resources: zones,
      },
    ],
    writes: [
      { actions: ["route53:CreateHostedZone"], resources: ["*"] },
      { actions: ["route53:GetChange"], resources: [`arn:${scope.partition}:route53:::change/*`] },
      {
        actions: ["route53:ChangeResourceRecordSets"],
        resources: zones,
        conditions: {
          "ForAllValues:StringLike": { "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["*.internal"] },
        },
      },
      {
        actions: [
          "route53:ChangeTagsForResource",
          "route53:DeleteHostedZone",
          "route53:GetDNSSEC",
          "route53:UpdateHostedZoneComment",
        ],
        resources: zones,
      },
    ],
    unseen: unseen(WHEN_CHANGED, "route53:UpdateHostedZoneComment"),
  };
}
