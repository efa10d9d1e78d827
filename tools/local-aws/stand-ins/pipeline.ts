import { randomUUID } from "node:crypto";
import { BatchGetProjectsCommand, CodeBuildClient, type Project } from "@aws-sdk/client-codebuild";
import { type ActionDeclaration, CodePipelineClient, GetPipelineCommand } from "@aws-sdk/client-codepipeline";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { unzipSync } from "fflate";
import type { ClientConfig, PipelineRun } from "../../../shared/testing/scenario";
import { roleNameOf, runBuild } from "./build";

/** How often services are looked at while a build runs. */
const FOLLOW_MS = 500;

export interface PipelinesOptions {
  readonly clientConfig: ClientConfig;
  /** Node.js that the commands of builds find. */
  readonly node: string;
  /** Folder to work in. */
  readonly temporary: string;
  /** Folder of the images that are pushed. */
  readonly images: string;
  /** What ECS does meanwhile, again and again. */
  readonly meanwhile: () => Promise<void>;
}

type Variables = Readonly<Record<string, string>>;

/** What one action hands to the next. */
interface Artifact {
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly version?: string;
}

/** Stands in for CodePipeline and CodeBuild: the local AWS keeps pipelines and projects, and runs none. */
export class Pipelines {
  readonly #codePipeline: CodePipelineClient;
  readonly #codeBuild: CodeBuildClient;
  readonly #s3: S3Client;
  readonly #roleNames = new Set<string>();
  readonly #closed = new AbortController();

  constructor(private readonly options: PipelinesOptions) {
    this.#codePipeline = new CodePipelineClient(options.clientConfig);
    this.#codeBuild = new CodeBuildClient(options.clientConfig);
    this.#s3 = new S3Client(options.clientConfig);
  }

  /** Names of the roles that builds have run with. */
  get roleNames(): readonly string[] {
    return [...this.#roleNames];
  }

  async run(name: string): Promise<PipelineRun> {
    const { pipeline } = await this.#codePipeline.send(new GetPipelineCommand({ name }));
    const artifacts = new Map<string, Artifact>();
    const namespaces: Record<string, Variables> = { codepipeline: { PipelineExecutionId: randomUUID() } };
    const variables: Record<string, Variables> = {};
    const logLines: string[] = [];
    for (const { actions = [] } of pipeline?.stages ?? []) {
      for (const action of actions.toSorted((a, b) => (a.runOrder ?? 1) - (b.runOrder ?? 1))) {
        const actionName = action.name ?? "";
        const provider = action.actionTypeId?.provider;
        let exported: Variables;
        if (provider === "S3" && action.actionTypeId?.category === "Source") {
          exported = await this.#fetch(action, artifacts);
        } else if (provider === "CodeBuild") {
          const result = await this.#build(action, artifacts, namespaces, `codepipeline/${name}`);
          exported = variables[actionName] = result.variables;
          logLines.push(...result.logLines);
        } else {
          throw new Error(`${name}: this stand-in does not run ${actionName}, which is ${provider}`);
        }
        if (action.namespace) namespaces[action.namespace] = exported;
      }
    }
    return { variables, logLines };
  }

  /** Ends the build that runs. */
  close(): void {
    this.#closed.abort();
  }

  async #fetch({ configuration = {}, outputArtifacts }: ActionDeclaration, artifacts: Map<string, Artifact>) {
    const { S3Bucket: Bucket = "", S3ObjectKey: Key = "" } = configuration;
    const { Body, VersionId = "", ETag = "" } = await this.#s3.send(new GetObjectCommand({ Bucket, Key }));
    const unzipped = unzipSync((await Body?.transformToByteArray()) ?? new Uint8Array());
    const files = Object.fromEntries(Object.entries(unzipped).filter(([path]) => !path.endsWith("/")));
    artifacts.set(outputArtifacts?.[0]?.name ?? "", { files, version: VersionId || undefined });
    return { BucketName: Bucket, ObjectKey: Key, VersionId, ETag };
  }

  async #build(
    { name, configuration = {}, inputArtifacts = [] }: ActionDeclaration,
    artifacts: ReadonlyMap<string, Artifact>,
    namespaces: Readonly<Record<string, Variables>>,
    initiator: string,
  ) {
    const { clientConfig, node, temporary, images, meanwhile } = this.options;
    const input = artifacts.get(configuration.PrimarySource ?? inputArtifacts[0]?.name ?? "");
    if (!input) throw new Error(`${name}: no source action has made ${inputArtifacts[0]?.name}, its input`);
    const project = await this.#project(configuration.ProjectName ?? "");
    this.#roleNames.add(roleNameOf(project));
    const build = runBuild({
      project,
      clientConfig,
      node,
      temporary,
      images,
      initiator,
      variables: actionVariables(name, configuration.EnvironmentVariables, namespaces),
      source: input.files,
      sourceVersion: input.version,
      signal: this.#closed.signal,
    });
    const [result] = await Promise.all([build, until(build, meanwhile)]);
    return result;
  }

  async #project(name: string): Promise<Project> {
    const { projects: [project] = [] } = await this.#codeBuild.send(new BatchGetProjectsCommand({ names: [name] }));
    if (!project) throw new Error(`There is no project ${name}`);
    return project;
  }
}

/** Variables of an action, with those of earlier actions filled in: `#{namespace.VARIABLE}`. */
export function actionVariables(
  action: string | undefined,
  text: string | undefined,
  namespaces: Readonly<Record<string, Variables>>,
): Record<string, string> {
  const given = JSON.parse(text ?? "[]") as { name: string; value: string; type?: string }[];
  return Object.fromEntries(
    given.map(({ name, value, type = "PLAINTEXT" }) => {
      if (type !== "PLAINTEXT") throw new Error(`${action}: this stand-in does not look up ${name}, which is ${type}`);
      const filled = value.replace(/#\{([^.}]+)\.([^}]+)\}/g, (reference, namespace, variable) => {
        const found = namespaces[namespace]?.[variable];
        if (found === undefined) throw new Error(`${action}: no earlier action has exported ${reference}`);
        return found;
      });
      return [name, filled];
    }),
  );
}

/** Does something again and again until a promise is settled. */
async function until(settled: Promise<unknown>, act: () => Promise<void>): Promise<void> {
  let over = false;
  const end = settled.then(
    () => {},
    () => {},
  );
  end.then(() => {
    over = true;
  });
  while (!over) {
    await act();
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([end, new Promise((resolve) => (timer = setTimeout(resolve, FOLLOW_MS)))]);
    clearTimeout(timer);
  }
}
