import { texts } from "./arns";
import type { Service } from "./services";

/** The names of records that are changed are in the body, which is not recorded: conditions on them are taken as met. */
export const route53: Service = {
  prefix: "route53",
  conditions: () => ({ "route53:changeresourcerecordsetsnormalizedrecordnames": undefined }),
  resources: (operation, { Id, HostedZoneId, ResourceId }, { partition }) =>
    texts(Id ?? HostedZoneId ?? ResourceId).map(
      (id) => `arn:${partition}:route53:::${operation === "GetChange" ? "change" : "hostedzone"}/${id}`,
    ),
};
