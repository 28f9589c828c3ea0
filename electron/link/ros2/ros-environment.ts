import type { RosRecord } from "./ros-folder";

/** Environment variables by name, as `process.env` has them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** ROS_AUTOMATIC_DISCOVERY_RANGE of Jazzy and later. */
export const DISCOVERY_RANGES = ["LOCALHOST", "SUBNET", "OFF", "SYSTEM_DEFAULT"] as const;

/** The greatest ROS_DOMAIN_ID that leaves room for the ports of its participants on Linux (docs.ros.org, "The ROS_DOMAIN_ID"). */
export const MAX_DOMAIN_ID = 232;

/** The middleware of the private ROS 2, its only one. */
const PRIVATE_RMW = "rmw_fastrtps_cpp";

/**
 * What the operator's environment may decide about the middleware. Everything else of it stays out of the
 * process that speaks ROS 2.
 */
const HANDED_ON = [
  "CYCLONEDDS_URI",
  "FASTDDS_BUILTIN_TRANSPORTS",
  "FASTDDS_DEFAULT_PROFILES_FILE",
  "FASTRTPS_DEFAULT_PROFILES_FILE",
  "RMW_FASTRTPS_USE_QOS_FROM_XML",
  "ROS_AUTOMATIC_DISCOVERY_RANGE",
  "ROS_DISCOVERY_SERVER",
  "ROS_DOMAIN_ID",
  "ROS_LOCALHOST_ONLY",
  "ROS_LOG_DIR",
  "ROS_SECURITY_ENABLE",
  "ROS_SECURITY_ENCLAVE_OVERRIDE",
  "ROS_SECURITY_KEYSTORE",
  "ROS_SECURITY_STRATEGY",
  "ROS_STATIC_PEERS",
] as const;

/** What was decided here about the graph; null leaves it to the environment. */
export interface GraphChoice {
  readonly domainId: number | null;
  readonly discoveryRange: (typeof DISCOVERY_RANGES)[number] | null;
}

/** The domain that a process of this environment joins; ROS's own default is 0. */
export function domainIdOf(environment: Variables): number {
  const text = environment["ROS_DOMAIN_ID"] ?? "";
  return /^\d+$/.test(text) && Number(text) <= MAX_DOMAIN_ID ? Number(text) : 0;
}

/** The discovery range in force, as Jazzy reads it. */
export function discoveryRangeOf(environment: Variables): string {
  const range = environment["ROS_AUTOMATIC_DISCOVERY_RANGE"] ?? "SUBNET";
  return wantsLocalhost(environment, range) ? "LOCALHOST" : range;
}

/** Files of Fast DDS profiles of the application's own, absolute. */
export interface DiscoveryProfiles {
  /** With {@link DISCOVERY_PROFILE}. */
  readonly subnet: string;
  /** With {@link LOCALHOST_PROFILE}. */
  readonly localhost: string;
}

/** Where Fast DDS is told of a file of profiles, before version 3 and since. */
const PROFILES = ["FASTRTPS_DEFAULT_PROFILES_FILE", "FASTDDS_DEFAULT_PROFILES_FILE"];

/** What differs between the profiles. */
interface ProfileParts {
  readonly transport: string;
  readonly builtin: string;
}

function profile({ transport, builtin }: ProfileParts): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<dds xmlns="http://www.eprosima.com/XMLSchemas/fastRTPS_Profiles">
  <profiles>
    <transport_descriptors>
      <transport_descriptor>
        <transport_id>lydlr_udp</transport_id>
        <type>UDPv4</type>${transport}
      </transport_descriptor>
    </transport_descriptors>
    <participant profile_name="lydlr_ops" is_default_profile="true">
      <rtps>
        <userTransports><transport_id>lydlr_udp</transport_id></userTransports>
        <useBuiltinTransports>false</useBuiltinTransports>
        <builtin>${builtin}
          <discovery_config>
            <initialAnnouncements>
              <count>20</count>
              <period><sec>0</sec><nanosec>100000000</nanosec></period>
            </initialAnnouncements>
            <leaseAnnouncement><sec>1</sec><nanosec>0</nanosec></leaseAnnouncement>
            <leaseDuration><sec>5</sec><nanosec>0</nanosec></leaseDuration>
          </discovery_config>
        </builtin>
      </rtps>
    </participant>
  </profiles>
</dds>
`;
}

/**
 * How Fast DDS looks for others and what it sends by. Its defaults announce a participant five times in half
 * a second and then every 3 s: a host that was restarted and whose first words got lost would be deaf for
 * that long. One that was killed would stay in the graph for 20 s. And its shared memory would stay for
 * ever: a killed process leaves about a megabyte in /dev/shm, and those that wrote to it go on doing so for
 * a second. So the host speaks UDP alone.
 */
export const DISCOVERY_PROFILE = profile({ transport: "", builtin: "" });

/**
 * The same for this machine alone. What ROS 2's own LOCALHOST does (no multicast, the first 32 participants
 * of this machine are looked for), without the shared memory that it cannot be kept from adding.
 */
export const LOCALHOST_PROFILE = profile({
  transport: `
        <interfaceWhiteList><address>127.0.0.1</address></interfaceWhiteList>
        <maxInitialPeersRange>32</maxInitialPeersRange>`,
  builtin: `
          <avoid_builtin_multicast>true</avoid_builtin_multicast>
          <metatrafficUnicastLocatorList><locator/></metatrafficUnicastLocatorList>
          <initialPeersList><locator><udpv4><address>127.0.0.1</address></udpv4></locator></initialPeersList>`,
});

/** Distributions before there was a discovery range: ROS_LOCALHOST_ONLY is all they know. */
const WITHOUT_RANGE = new Set(["foxy", "galactic", "humble"]);

/** Whether only this machine is wanted; ROS_LOCALHOST_ONLY wins over the range, as in Jazzy. */
function wantsLocalhost(environment: Variables, range: string | undefined): boolean {
  return environment["ROS_LOCALHOST_ONLY"] === "1" || range === "LOCALHOST";
}

/** The variables of any ROS 2 program, over what every child inherits: nobody has to source a file. */
export function plainRosEnvironment(record: RosRecord, environment: Variables, choice: GraphChoice): Record<string, string> {
  const given: Record<string, string> = {
    ROS_DISTRO: record.distro,
    ROS_VERSION: "2",
    AMENT_PREFIX_PATH: record.amentPrefixPath,
    LD_LIBRARY_PATH: record.libraryPath,
  };
  for (const name of HANDED_ON) {
    const value = environment[name];
    if (value !== undefined) given[name] = value;
  }
  const rmw = record.source === "private" ? PRIVATE_RMW : environment["RMW_IMPLEMENTATION"];
  if (rmw !== undefined) given["RMW_IMPLEMENTATION"] = rmw;
  given["ROS_DOMAIN_ID"] = String(choice.domainId ?? domainIdOf(environment));
  if (choice.discoveryRange !== null) {
    // A choice wins over both variables.
    delete given["ROS_LOCALHOST_ONLY"];
    if (!WITHOUT_RANGE.has(record.distro)) given["ROS_AUTOMATIC_DISCOVERY_RANGE"] = choice.discoveryRange;
    else given["ROS_LOCALHOST_ONLY"] = choice.discoveryRange === "LOCALHOST" ? "1" : "0";
  }
  return given;
}

/**
 * The variables that the process which speaks ROS 2 is given.
 * @param profiles The application's own; a file of the operator's wins over them.
 */
export function rosEnvironment(
  record: RosRecord,
  profiles: DiscoveryProfiles,
  environment: Variables,
  choice: GraphChoice,
): Record<string, string> {
  return withProfile(plainRosEnvironment(record, environment, choice), record, profiles);
}

/** Adds the application's profile, where Fast DDS is used and the operator has none of their own. */
function withProfile(given: Record<string, string>, record: RosRecord, profiles: DiscoveryProfiles): Record<string, string> {
  const usesFastDds = (given["RMW_IMPLEMENTATION"] ?? PRIVATE_RMW).includes("fastrtps");
  if (!usesFastDds || PROFILES.some((name) => name in given)) return given;
  const isLocal = wantsLocalhost(given, given["ROS_AUTOMATIC_DISCOVERY_RANGE"]);
  const hasPeers = (given["ROS_STATIC_PEERS"] ?? "") !== "";
  const replacesRange = isLocal && !hasPeers && !WITHOUT_RANGE.has(record.distro);
  const profile = replacesRange ? profiles.localhost : profiles.subnet;
  for (const name of PROFILES) given[name] = profile;
  if (!replacesRange) return given;
  delete given["ROS_LOCALHOST_ONLY"];
  // Leaves everything to the profile.
  given["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "SYSTEM_DEFAULT";
  return given;
}
