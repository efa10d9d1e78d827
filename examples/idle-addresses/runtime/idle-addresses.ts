/** What EC2 says of an Elastic IP address, as far as it matters here. */
export interface Address {
  readonly PublicIp?: string;
  /** There while something has the address. */
  readonly AssociationId?: string;
  readonly Tags?: readonly { readonly Key?: string }[];
}

/** Whoever keeps an address for later gives it this tag. */
export const ON_PURPOSE = "IdleOnPurpose";

/** The addresses that are paid for and that nothing has, but for those that are kept on purpose. */
export function idleAddresses(addresses: readonly Address[]): string[] {
  return addresses
    .filter(({ AssociationId, Tags = [] }) => !AssociationId && !Tags.some(({ Key }) => Key === ON_PURPOSE))
    .map(({ PublicIp = "" }) => PublicIp);
}
