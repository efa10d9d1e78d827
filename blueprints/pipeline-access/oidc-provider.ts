import { DataAwsIamOpenidConnectProvider } from "@cdktf/provider-aws/lib/data-aws-iam-openid-connect-provider";
import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
import { Construct } from "constructs";

export interface OidcProviderProps {
  /** Host of the issuer of tokens, such as app.terraform.io. */
  readonly host: string;
  readonly audience: string;
  /** Whether the stack makes it, or the account has it: then each plan looks it up, and fails if it is not there. */
  readonly source: "create" | "adopt";
}

/**
 * An issuer of tokens that the account knows.
 *
 * Without thumbprints: AWS checks the issuer's certificate against the authorities that it trusts, and looks at a thumbprint
 * only where none of them has signed it: docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
 */
export class OidcProvider extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { host, audience, source }: OidcProviderProps) {
    super(scope, id);
    const url = `https://${host}`;
    this.arn =
      source === "adopt"
        ? new DataAwsIamOpenidConnectProvider(this, "provider", {
            url,
            lifecycle: {
              postcondition: [
                {
                  condition: `\${contains(self.client_id_list, "${audience}")}`,
                  errorMessage: `The OIDC provider of ${host} has no audience ${audience}: add it, with aws iam add-client-id-to-open-id-connect-provider.`,
                },
              ],
            },
          }).arn
        : new IamOpenidConnectProvider(this, "provider", { url, clientIdList: [audience] }).arn;
  }
}
