import type { Graph } from "../../shared/monitoring/dashboard";
import type { FileSystem } from "../../shared/storage/file-system";
import type { Tier } from "./tier";

/** What a tier carries, how large it is, and how its hosts are. */
export function ofTier(tier: Tier): Graph[] {
  const { group, server, targetGroup, loadBalancer } = tier;
  const of = `of ${tier.node.id}`;
  return [
    {
      title: `Connections ${of}, of the fullest server and of all`,
      metrics: [
        { ...server.connections(group, "Maximum"), label: "fullest server" },
        { ...server.connections(group, "Sum"), label: "all servers" },
      ],
      ...(tier.fullAt !== undefined && { lines: [{ label: "a server is full", value: tier.fullAt }] }),
    },
    {
      title: `Servers ${of}`,
      metrics: [
        group.metric("GroupInServiceInstances"),
        group.metric("GroupDesiredCapacity"),
        group.metric("GroupMaxSize"),
        { ...targetGroup.metric("HealthyHostCount", "Maximum"), label: "healthy" },
      ],
    },
    { title: `Requests for one more server ${of}`, metrics: [server.scaleOutRequests(group)] },
    {
      title: `New and open flows through the load balancer ${of}`,
      metrics: [loadBalancer.metric("NewFlowCount", "Sum"), loadBalancer.metric("ActiveFlowCount", "Average")],
    },
    {
      title: `Memory, swap and disk of the fullest server ${of}, percent`,
      metrics: (["mem_used_percent", "swap_used_percent", "disk_used_percent"] as const).map((name) =>
        server.hostMetric(name, group),
      ),
    },
    {
      title: `Closed connections that wait (TIME_WAIT) on the server with most ${of}`,
      metrics: [server.hostMetric("netstat_tcp_time_wait", group)],
    },
  ];
}

/** The file system that all servers share. */
export function ofShare(share: FileSystem): Graph[] {
  return [
    {
      title: "Shared state: percent of the limit of operations",
      metrics: [share.metric("PercentIOLimit", "Maximum")],
    },
    {
      title: "Shared state: bytes a minute, and servers that have it mounted",
      metrics: [share.metric("TotalIOBytes", "Sum"), share.metric("ClientConnections", "Sum")],
    },
  ];
}
