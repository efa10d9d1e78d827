/**
 * Security policies of HTTPS and TLS listeners: TLS 1.2 or 1.3 with forward secrecy and authenticated encryption only.
 * Those with FIPS in their names use FIPS 140-3 validated cryptography.
 */
export type TlsPolicy =
  | "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
  | "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09"
  | "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-PQ-2025-09"
  | "ELBSecurityPolicy-TLS13-1-3-FIPS-PQ-2025-09"
  | "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
  | "ELBSecurityPolicy-TLS13-1-3-2021-06";

/**
 * What AWS recommends: clients that can use post-quantum key exchange do, all others fall back to TLS 1.3 or 1.2.
 * Without a policy, the API takes one of 2016 that still speaks TLS 1.0.
 * docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
 */
export const DEFAULT_TLS_POLICY: TlsPolicy = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09";
