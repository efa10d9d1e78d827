import type { Template } from "../../../shared/testing/template";

/** What is wrong with one resource, and how to put it right. */
export interface Finding {
  readonly address: string;
  readonly what: string;
  readonly mend: string;
}

export interface Rule {
  /** The baseline's line, and a word for each rule where a line asks for several things: `54.trust`. */
  readonly id: string;
  /** What the rule asks for. */
  readonly title: string;
  /** Controls of AWS Foundational Security Best Practices, Checkov (CKV) or Trivy (AWS-0nnn), or why it is practice. */
  readonly source: string;
  /** @param given texts that the stack's parameters hold */
  check(template: Template, given: readonly string[]): Finding[] | Promise<Finding[]>;
}
