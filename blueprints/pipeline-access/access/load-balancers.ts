import { type Access, type StackScope, unseen, WHEN_CHANGED, WHEN_TAGS_CHANGE } from "./scope";

/** Load balancers, their listeners and target groups. */
export function loadBalancerAccess(scope: StackScope): Access {
  const named = (kind: "loadBalancer" | "targetGroup", resource: (name: string) => string) =>
    scope.arns("elasticloadbalancing", kind, resource);
  const balancers = named("loadBalancer", (name) => `loadbalancer/*/${name}/*`);
  const listeners = named("loadBalancer", (name) => `listener/*/${name}/*`);
  const groups = named("targetGroup", (name) => `targetgroup/${name}/*`);
  return {
    reads: [
      {
        actions: [
          "elasticloadbalancing:DescribeCapacityReservation",
          "elasticloadbalancing:DescribeListenerAttributes",
          "elasticloadbalancing:DescribeListeners",
          "elasticloadbalancing:DescribeLoadBalancerAttributes",
          "elasticloadbalancing:DescribeLoadBalancers",
          "elasticloadbalancing:DescribeTags",
          "elasticloadbalancing:DescribeTargetGroupAttributes",
          "elasticloadbalancing:DescribeTargetGroups",
        ],
        resources: ["*"],
        conditions: scope.here,
      },
    ],
    writes: [
      { actions: ["elasticloadbalancing:DescribeTargetHealth"], resources: ["*"], conditions: scope.here },
      {
        actions: [
          "elasticloadbalancing:AddTags",
          "elasticloadbalancing:CreateListener",
          "elasticloadbalancing:CreateLoadBalancer",
          "elasticloadbalancing:CreateTargetGroup",
          "elasticloadbalancing:DeleteListener",
          "elasticloadbalancing:DeleteLoadBalancer",
          "elasticloadbalancing:DeleteTargetGroup",
          "elasticloadbalancing:ModifyListener",
          "elasticloadbalancing:ModifyListenerAttributes",
          "elasticloadbalancing:ModifyLoadBalancerAttributes",
          "elasticloadbalancing:ModifyTargetGroup",
          "elasticloadbalancing:ModifyTargetGroupAttributes",
          "elasticloadbalancing:RemoveTags",
          "elasticloadbalancing:SetSecurityGroups",
          "elasticloadbalancing:SetSubnets",
        ],
        resources: [...balancers, ...listeners, ...groups],
      },
    ],
    unseen: {
      ...unseen(
        WHEN_CHANGED,
        "elasticloadbalancing:ModifyListener",
        "elasticloadbalancing:ModifyListenerAttributes",
        "elasticloadbalancing:ModifyTargetGroup",
        "elasticloadbalancing:SetSubnets",
      ),
      ...unseen(WHEN_TAGS_CHANGE, "elasticloadbalancing:RemoveTags"),
    },
  };
}
