import type { Cdktf } from "../local-aws/cdktf";

/** What is needed of the cdktf CLI and of Terraform. */
export type Deployer = Pick<Cdktf, "deploy" | "destroy" | "pendingChanges" | "identities" | "resources">;

/**
 * Deploys a copied blueprint's stack beside the original's, which is deployed: in the same account and Region. Then the
 * original's plan has to be empty, and no resource of the one may be one of the other: that tells also where a service, or the
 * local AWS, takes a second creation under the same name for a change. Destroys the copy again.
 * @throws Error at the first thing that is not so. The copy is destroyed in any case.
 */
export async function deployBeside(cdktf: Deployer, original: string, copy: string): Promise<void> {
  try {
    await cdktf.deploy([copy]);
    await expectNoChanges(cdktf, original);
    const known = new Set(await cdktf.identities(original));
    const shared = (await cdktf.identities(copy)).filter((identity) => known.has(identity));
    if (shared.length > 0) throw new Error(`${copy} has taken over from ${original}: ${shared.join(", ")}`);
  } catch (failure) {
    // What went wrong first is what matters, whether or not the destroy works.
    await cdktf.destroy([copy]).catch(() => {});
    throw failure;
  }
  await cdktf.destroy([copy]);
  const left = await cdktf.resources(copy);
  if (left.length > 0) throw new Error(`${copy}: the destroy left behind: ${left.join(", ")}`);
}

async function expectNoChanges(cdktf: Deployer, stack: string): Promise<void> {
  const changes = await cdktf.pendingChanges(stack);
  if (changes !== undefined)
    throw new Error(`${stack}: with another stack beside it, the plan is not empty:\n${changes}`);
}
