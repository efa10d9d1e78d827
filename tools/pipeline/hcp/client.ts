import { type CloudSettings, workspaceOf } from "../../../shared/blueprint/backends/cloud";
import { ToolchainError } from "../../toolchain/error";
import { type HttpAnswer, type HttpRequest, send } from "../http";
import type { Run } from "./run-state";

/** A resource of JSON:API. Which attributes it has is the API's word; what is used is checked where it is used. */
interface Resource {
  readonly id: string;
  readonly type: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly relationships?: Readonly<Record<string, { readonly data?: { readonly id: string } | null }>>;
}

export interface Workspace {
  readonly id: string;
  readonly name: string;
  readonly isLocked: boolean;
}

/** The counts are those of developer.hashicorp.com/terraform/cloud-docs/api-docs/plans. */
export interface Plan {
  readonly status: string;
  readonly hasChanges: boolean;
  readonly added: number;
  readonly changed: number;
  readonly destroyed: number;
  readonly imported: number;
  readonly logUrl: string | undefined;
}

/**
 * The calls of the HCP Terraform API that a run takes, version 2.
 * Source: https://developer.hashicorp.com/terraform/cloud-docs/workspaces/run/api
 */
export class HcpClient {
  constructor(
    private readonly settings: CloudSettings,
    /** A team's or a user's: an organization's can neither upload nor run. */
    private readonly token: string,
  ) {}

  /** @throws ToolchainError when there is none, or none that can run what is uploaded */
  async workspaceOf(stack: string): Promise<Workspace> {
    const { organization } = this.settings;
    const name = workspaceOf(stack, this.settings);
    const path = `/organizations/${organization}/workspaces/${name}`;
    const answer = await this.#call("GET", path, `workspace ${name}`);
    if (answer.status === 404) throw new ToolchainError(this.#howToMake(stack, name));
    const { id, attributes } = this.#resource(answer, `workspace ${name}`, "read the workspace");
    if (attributes["execution-mode"] === "local")
      throw new ToolchainError(
        `Workspace ${name} of ${organization} runs nothing: its execution mode is "local". Set it to "remote" or "agent" ` +
          "(Settings, General), so that HCP Terraform plans and applies.",
      );
    return { id, name, isLocked: attributes.locked === true };
  }

  /** @returns its id, once HCP Terraform has unpacked it */
  async createConfigurationVersion(
    { id, name }: Workspace,
    archive: Buffer,
    { speculative }: { readonly speculative: boolean },
    wait: () => Promise<void>,
  ): Promise<string> {
    const what = `a configuration version in ${name}`;
    // One too many does no harm, so that it may be sent again.
    const created = await this.#call("POST", `/workspaces/${id}/configuration-versions`, what, {
      repeatable: true,
      data: { type: "configuration-versions", attributes: { "auto-queue-runs": false, speculative } },
    });
    const version = this.#resource(created, what, "queue plans");
    await this.#upload(String(version.attributes["upload-url"]), archive);
    for (;;) {
      const answer = await this.#call("GET", `/configuration-versions/${version.id}`, what);
      const { status, "error-message": message } = this.#resource(answer, what, "read runs").attributes;
      if (status === "uploaded") return version.id;
      if (status === "errored")
        throw new ToolchainError(`HCP Terraform refused what was uploaded to ${name}: ${message}`);
      await wait();
    }
  }

  async createRun(
    workspace: Workspace,
    configurationVersion: string,
    attributes: { readonly message: string; readonly planOnly: boolean },
  ): Promise<Run> {
    const what = `a run in ${workspace.name}`;
    const answer = await this.#call("POST", "/runs", what, {
      data: {
        type: "runs",
        attributes: { message: attributes.message, "plan-only": attributes.planOnly, "auto-apply": false },
        relationships: {
          workspace: { data: { type: "workspaces", id: workspace.id } },
          "configuration-version": { data: { type: "configuration-versions", id: configurationVersion } },
        },
      },
    });
    return runOf(this.#resource(answer, what, "queue plans"));
  }

  async run(id: string): Promise<Run> {
    const answer = await this.#call("GET", `/runs/${id}`, `run ${id}`);
    return runOf(this.#resource(answer, `run ${id}`, "read runs"));
  }

  async plan(id: string): Promise<Plan> {
    const answer = await this.#call("GET", `/plans/${id}`, `plan ${id}`);
    const { attributes } = this.#resource(answer, `plan ${id}`, "read runs");
    const url = attributes["log-read-url"];
    const count = (name: string) => Number(attributes[`resource-${name}`] ?? 0);
    return {
      status: String(attributes.status),
      hasChanges: attributes["has-changes"] === true,
      added: count("additions"),
      changed: count("changes"),
      destroyed: count("destructions"),
      imported: count("imports"),
      logUrl: typeof url === "string" ? url : undefined,
    };
  }

  /** @returns the run's apply's log address, if there is one yet */
  async applyLogUrl(runId: string): Promise<string | undefined> {
    const answer = await this.#call("GET", `/runs/${runId}/apply`, `apply of ${runId}`);
    if (answer.status !== 200) return undefined;
    const url = this.#resource(answer, `apply of ${runId}`, "read runs").attributes["log-read-url"];
    return typeof url === "string" ? url : undefined;
  }

  /** The address is a secret of its own, and gets no token. */
  async log(url: string): Promise<string> {
    const answer = await send({ method: "GET", url, what: "HCP Terraform, the log" });
    return answer.status === 200 ? answer.text : "";
  }

  /** Has a run that waits for it be applied. That it is confirmed already (409) is as good. */
  async confirm(run: Run, comment: string): Promise<void> {
    await this.#act(run, "apply", "apply runs", comment);
  }

  /** Ends a run, as far as it can be: what is planning is cancelled, what waits is discarded. */
  async end(run: Run, comment: string): Promise<void> {
    await this.#act(run, run.isConfirmable ? "discard" : "cancel", "queue plans", comment);
  }

  urlOf(run: Run, workspace: Workspace): string {
    const { hostname, organization } = this.settings;
    return `https://${hostname}/app/${organization}/workspaces/${workspace.name}/runs/${run.id}`;
  }

  async #act(run: Run, action: "apply" | "cancel" | "discard", permission: string, comment: string): Promise<void> {
    const what = `${action} of ${run.id}`;
    const answer = await this.#call("POST", `/runs/${run.id}/actions/${action}`, what, {
      repeatable: true,
      content: { comment },
    });
    if (answer.status !== 409 && answer.status >= 300) this.#refused(answer, what, permission);
  }

  async #upload(url: string, archive: Buffer): Promise<void> {
    const headers = { "Content-Type": "application/octet-stream" };
    const what = "HCP Terraform, upload of the configuration";
    const { status } = await send({ method: "PUT", url, headers, body: archive, what });
    if (status >= 300) throw new ToolchainError(`${what}: the answer was ${status}. Try again.`);
  }

  #call(
    method: HttpRequest["method"],
    path: string,
    what: string,
    body: { readonly data?: object; readonly content?: object; readonly repeatable?: boolean } = {},
  ): Promise<HttpAnswer> {
    const { repeatable, content, data } = body;
    const payload = data ? { data } : content;
    return send({
      method,
      url: `https://${this.settings.hostname}/api/v2${path}`,
      headers: { Authorization: `Bearer ${this.token}`, "Content-Type": "application/vnd.api+json" },
      body: payload && JSON.stringify(payload),
      what: `HCP Terraform, ${what}`,
      repeatable,
    });
  }

  #resource(answer: HttpAnswer, what: string, permission: string): Resource {
    if (answer.status >= 300) this.#refused(answer, what, permission);
    return (JSON.parse(answer.text) as { readonly data: Resource }).data;
  }

  /** Of a token that lacks a permission HCP Terraform says 404, to tell nobody what is there. */
  #refused({ status, text }: HttpAnswer, what: string, permission: string): never {
    const { hostname, organization } = this.settings;
    const mend: Readonly<Record<number, string>> = {
      401: `The token in TF_API_TOKEN is not one that ${hostname} knows, or it has expired. Make a team's token there and set it.`,
      403: `The token's team needs the permission to ${permission} in this workspace of ${organization}.`,
      404: `It is not there, or the token's team lacks the permission to ${permission}. An organization's token never has it: use a team's.`,
    };
    const said = errorsOf(text);
    throw new ToolchainError(
      `HCP Terraform, ${what}: ${status}${said && `, ${said}`}.${mend[status] ? ` ${mend[status]}` : ""}`,
    );
  }

  #howToMake(stack: string, name: string): string {
    const { hostname, organization, project } = this.settings;
    return (
      `There is no workspace ${name} in ${organization} on ${hostname}, or the token in TF_API_TOKEN may not see it. ` +
      `If it is not there, somebody who may make workspaces makes it in the project ${project}, once: npm run synth, ` +
      `then "terraform login ${hostname}" and "terraform init" in cdktf.out/stacks/${stack}. ` +
      "If it is, give the token's team access to it. docs/pipeline.md says which."
    );
  }
}

function runOf({ id, attributes, relationships }: Resource): Run {
  const actions = attributes.actions as { readonly "is-confirmable"?: boolean } | undefined;
  return {
    id,
    status: String(attributes.status),
    isConfirmable: actions?.["is-confirmable"] === true,
    planId: relationships?.plan?.data?.id,
  };
}

/** What JSON:API's error objects say. */
function errorsOf(text: string): string {
  try {
    const { errors = [] } = JSON.parse(text) as { errors?: ({ title?: string; detail?: string } | string)[] };
    return errors
      .map((error) => (typeof error === "string" ? error : [error.title, error.detail].filter(Boolean).join(": ")))
      .join("; ");
  } catch {
    return "";
  }
}
