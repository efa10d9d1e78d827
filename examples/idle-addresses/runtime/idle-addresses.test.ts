import { idleAddresses, ON_PURPOSE } from "./idle-addresses";

test("an address counts when nothing has it and nobody keeps it on purpose", () => {
  expect(
    idleAddresses([
      { PublicIp: "192.0.2.1" },
      { PublicIp: "192.0.2.2", AssociationId: "eipassoc-1" },
      { PublicIp: "192.0.2.3", Tags: [{ Key: ON_PURPOSE }] },
      { PublicIp: "192.0.2.4", Tags: [{ Key: "Team" }] },
    ]),
  ).toEqual(["192.0.2.1", "192.0.2.4"]);
});
