import Foundation
import Testing

@testable import CentrifugoProxy

/// How many processors a process may use, according to Linux's files.
@Suite struct ProcessorShareTests {
    struct Machine: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// By path.
        let files: [String: String]
        let share: ProcessorShare?
    }

    private static let version2 = "31 23 0:28 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n"
    private static let version1 = """
        30 23 0:27 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
        32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
        36 31 0:33 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory

        """

    private static func status(_ processors: String) -> String {
        "Name:\tserver\nCpus_allowed:\tff\nCpus_allowed_list:\t\(processors)\nMems_allowed_list:\t0\n"
    }

    private static func quota(_ count: Int, _ group: String) -> ProcessorShare {
        ProcessorShare(count: count, source: .quota(group: group))
    }

    static let machines = [
        Machine(
            testDescription: "the processors it is bound to",
            files: ["/proc/self/status": status("0-3,8")],
            share: ProcessorShare(count: 5, source: .affinity)
        ),
        Machine(
            testDescription: "a quota of the service's own group, in whole processors",
            files: [
                "/proc/self/status": status("0-7"), "/proc/self/mountinfo": version2,
                "/proc/self/cgroup": "0::/system.slice/proxy.service\n",
                "/sys/fs/cgroup/system.slice/proxy.service/cpu.max": "150000 100000\n",
                "/sys/fs/cgroup/system.slice/cpu.max": "max 100000\n",
            ],
            share: quota(2, "/system.slice/proxy.service")
        ),
        Machine(
            testDescription: "a smaller quota of a group around it",
            files: [
                "/proc/self/status": status("0-7"), "/proc/self/mountinfo": version2,
                "/proc/self/cgroup": "0::/apps/proxy\n", "/sys/fs/cgroup/apps/proxy/cpu.max": "400000 100000\n",
                "/sys/fs/cgroup/apps/cpu.max": "300000 100000\n", "/sys/fs/cgroup/cpu.max": "max 100000\n",
            ],
            share: quota(3, "/apps")
        ),
        Machine(
            testDescription: "a container's, which sees its own group as the root",
            files: [
                "/proc/self/status": status("0-7"), "/proc/self/mountinfo": version2, "/proc/self/cgroup": "0::/\n",
                "/sys/fs/cgroup/cpu.max": "5000 100000\n",
            ],
            share: quota(1, "/")
        ),
        Machine(
            testDescription: "a part of the hierarchy that is mounted",
            files: [
                "/proc/self/status": status("0-7"), "/proc/self/cgroup": "0::/docker/abc/inner\n",
                "/proc/self/mountinfo": "31 23 0:28 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw\n",
                "/sys/fs/cgroup/inner/cpu.max": "200000 100000\n", "/sys/fs/cgroup/cpu.max": "400000 100000\n",
            ],
            share: quota(2, "/inner")
        ),
        Machine(
            testDescription: "a quota of version 1",
            files: [
                "/proc/self/status": status("0-7"), "/proc/self/mountinfo": version1,
                "/proc/self/cgroup": "4:memory:/a\n3:cpu,cpuacct:/docker/abc\n0::/\n",
                "/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us": "250000\n",
                "/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us": "100000\n",
                "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
                "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
            ],
            share: quota(3, "/docker/abc")
        ),
        Machine(
            testDescription: "fewer processors than the quota",
            files: [
                "/proc/self/status": status("2"), "/proc/self/mountinfo": version2, "/proc/self/cgroup": "0::/a\n",
                "/sys/fs/cgroup/a/cpu.max": "800000 100000\n",
            ],
            share: ProcessorShare(count: 1, source: .affinity)
        ),
        Machine(testDescription: "nothing", files: [:], share: nil),
        Machine(
            testDescription: "nothing that makes sense",
            files: [
                "/proc/self/status": status("7-3,x,-"), "/proc/self/mountinfo": version2 + "31 - cgroup2\n",
                "/proc/self/cgroup": "0::/a\n0\n::\n", "/sys/fs/cgroup/a/cpu.max": "1 0\n",
                "/sys/fs/cgroup/cpu.max": "99999999999999999999 100000\n",
            ],
            share: ProcessorShare(count: 1, source: .affinity)
        ),
    ]

    @Test("is the smallest of all shares", arguments: machines)
    func share(machine: Machine) throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "processors-\(UUID())")
        defer { try? FileManager.default.removeItem(at: root) }
        for (path, text) in machine.files {
            let file = root.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: file)
        }
        #expect(ProcessorShare.ofThisProcess(root: root.path()) == machine.share)
    }

    @Test("is known of a real process")
    func real() throws {
        let share = try #require(ProcessorShare.ofThisProcess())
        #expect(1...ProcessInfo.processInfo.activeProcessorCount ~= share.count)
    }
}
