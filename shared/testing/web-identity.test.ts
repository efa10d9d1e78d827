import fc from "fast-check";
import { isTrusted } from "./web-identity";

const issuer = "token.example.com";
const trust = (Condition: object, more: object = {}) => ({
  Statement: [
    {
      Effect: "Allow",
      Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${issuer}` },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition,
      ...more,
    },
  ],
});
const pinned = { StringEquals: { [`${issuer}:aud`]: "aws", [`${issuer}:sub`]: ["repo:a/b:pull_request"] } };
const token = { issuer, aud: "aws", sub: "repo:a/b:pull_request" };

describe("a token", () => {
  test("is trusted when audience and subject are those of the policy, and no other is", () => {
    expect(isTrusted(trust(pinned), token)).toBe(true);
    fc.assert(
      fc.property(fc.string(), fc.string(), (aud, sub) => {
        expect(isTrusted(trust(pinned), { issuer, aud, sub })).toBe(aud === token.aud && sub === token.sub);
      }),
    );
  });

  test("of another issuer is not trusted, whatever it says", () => {
    expect(isTrusted(trust(pinned), { ...token, issuer: "other.example.com" })).toBe(false);
  });

  test("matches a pattern with StringLike only", () => {
    const pattern = { [`${issuer}:sub`]: "repo:a/*" };
    expect(isTrusted(trust({ StringLike: pattern }), token)).toBe(true);
    expect(isTrusted(trust({ StringEquals: pattern }), token)).toBe(false);
  });

  test("is refused by a statement that denies it", () => {
    const [allow] = trust(pinned).Statement;
    expect(isTrusted({ Statement: [allow, { ...allow, Effect: "Deny" }] }, token)).toBe(false);
  });

  test("opens no role that a service assumes", () => {
    expect(isTrusted(trust(pinned, { Action: "sts:AssumeRole" }), token)).toBe(false);
    expect(isTrusted(trust(pinned, { Principal: { Service: "lambda.amazonaws.com" } }), token)).toBe(false);
  });

  test.each([
    ["operator", { StringNotEquals: { [`${issuer}:sub`]: "x" } }, "the condition operator StringNotEquals"],
    ["key", { StringEquals: { "aws:SourceIp": "x" } }, "the condition key aws:SourceIp"],
  ])("meets an unknown condition %s with an error, not with trust", (_, condition, message) => {
    expect(() => isTrusted(trust(condition), token)).toThrow(message);
  });
});
