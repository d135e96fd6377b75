#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How many processors the process may keep busy, according to Linux.
///
/// More event loops than that would wait for each other: a container's quota is spent before its period is over, and
/// then all loops stand still until the next one.
struct ProcessorShare: Equatable {
    /// Where the number comes from.
    enum Source: Equatable, CustomStringConvertible {
        /// The processors that the process may run on: all of them, or those that `taskset`, `CPUAffinity=` or a cpuset
        /// allow.
        case affinity
        /// A control group's quota (`cpu.max`, `CPUQuota=`, a container's limit).
        case quota(group: String)

        var description: String {
            switch self {
            case .affinity: "the processors it may run on"
            case .quota(let group): "the quota of the control group \(group)"
            }
        }
    }

    /// The number of processors, at least 1.
    var count: Int
    var source: Source

    /// The share of this process.
    ///
    /// - Parameter root: The folder that contains `/proc` and the files that it names.
    /// - Returns: The smallest share; nil if none can be read.
    static func ofThisProcess(root: String = "") -> ProcessorShare? {
        let files = Files(root: root)
        let affinity = files.allowedProcessors.map { ProcessorShare(count: max(1, $0), source: .affinity) }
        return ([affinity] + files.quotas).compactMap { $0 }.min { $0.count < $1.count }
    }
}

/// The files in which Linux describes a process.
private struct Files {
    let root: String

    /// The lines of a file, split into fields; empty when it cannot be read.
    private func fields(_ path: String, separator: Character = " ") -> [[Substring]] {
        guard let data = try? Data(contentsOf: URL(filePath: root + path)) else { return [] }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map { line in
            line.split(separator: separator, omittingEmptySubsequences: false)
        }
    }

    /// How many processors the process may run on (proc(5): `0-3,8`).
    var allowedProcessors: Int? {
        let line = fields("/proc/self/status", separator: "\t").first { $0.first == "Cpus_allowed_list:" }
        guard let ranges = line?.last?.split(separator: ",") else { return nil }
        return ranges.reduce(0) { count, range in
            let ends = range.split(separator: "-").compactMap { UInt16($0) }
            guard let first = ends.first, let last = ends.last, first <= last else { return count }
            return count + Int(last - first) + 1
        }
    }

    /// The quotas of the process's own control group and of its parents, up to the root that is visible here.
    var quotas: [ProcessorShare?] {
        let mounts = fields("/proc/self/mountinfo")
        return fields("/proc/self/cgroup", separator: ":").flatMap { line -> [ProcessorShare?] in
            guard line.count >= 3 else { return [] }
            let controllers = line[1].split(separator: ",")
            let isVersion2 = line[0] == "0" && controllers.isEmpty
            guard isVersion2 || controllers.contains("cpu") else { return [] }
            let path = line[2...].joined(separator: ":")
            guard let mount = mounts.last(where: { Self.isMount($0, ofVersion2: isVersion2) }) else { return [] }
            return groups(of: path, mountedFrom: String(mount[3])).map { group in
                quota(of: String(mount[4]) + (group == "/" ? "" : group), isVersion2).map {
                    ProcessorShare(count: $0, source: .quota(group: group))
                }
            }
        }
    }

    /// Whether a line of proc(5)'s `mountinfo` describes the hierarchy with quotas.
    private static func isMount(_ fields: [Substring], ofVersion2 isVersion2: Bool) -> Bool {
        guard fields.count > 6, let dash = fields.firstIndex(of: "-"), fields.count > dash + 3 else { return false }
        if isVersion2 { return fields[dash + 1] == "cgroup2" }
        return fields[dash + 1] == "cgroup" && fields[dash + 3].split(separator: ",").contains("cpu")
    }

    /// A group and its parents, as paths below the mount point, with the root last.
    private func groups(of path: String, mountedFrom mountRoot: String) -> [String] {
        // In a container, a part of the host's hierarchy may be mounted.
        let isBelow = mountRoot != "/" && (path == mountRoot || path.hasPrefix(mountRoot + "/"))
        var names = (isBelow ? path.dropFirst(mountRoot.count) : path[...]).split(separator: "/")
        var groups: [String] = []
        while !names.isEmpty {
            groups.append("/" + names.joined(separator: "/"))
            names.removeLast()
        }
        return groups + ["/"]
    }

    /// A group's quota in whole processors, rounded up; nil without one.
    private func quota(of folder: String, _ isVersion2: Bool) -> Int? {
        let both =
            isVersion2
            ? fields(folder + "/cpu.max").first ?? []
            : ["quota", "period"].compactMap { fields("\(folder)/cpu.cfs_\($0)_us").first?.first }
        // `max` and -1 mean that there is no quota.
        guard both.count == 2, let time = UInt32(both[0]), let period = UInt32(both[1]), period > 0 else { return nil }
        return max(1, Int((UInt64(time) + UInt64(period) - 1) / UInt64(period)))
    }
}
