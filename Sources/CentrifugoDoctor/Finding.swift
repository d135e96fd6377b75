import CentrifugoModel
import CentrifugoProxy

/// A part of Centrifugo's configuration that does not have the effect that it suggests.
package struct Finding: Sendable, Hashable, Codable {
    package enum Severity: String, Sendable, Codable {
        /// Something does not work.
        case problem
        /// Something may not work, depending on facts outside the configuration.
        case note
    }

    package let severity: Severity
    /// The name of the check, which is the same in every release.
    package let rule: String
    /// The option, such as `client.proxy.connect.timeout`; several are separated by commas.
    package let path: String
    /// What happens, and why.
    package let problem: String
    /// What to change.
    package let fix: String

    init(_ rule: String, at path: String, _ problem: String, fix: String, severity: Severity = .problem) {
        self.severity = severity
        self.rule = rule
        self.path = path
        self.problem = problem
        self.fix = fix
    }

    init(_ rule: String, at path: OptionPath, _ problem: String, fix: String, severity: Severity = .problem) {
        self.init(rule, at: path.description, problem, fix: fix, severity: severity)
    }
}

extension Finding: CustomStringConvertible {
    package var description: String {
        // Every text may contain names from the checked configuration.
        "\(severity.rawValue) at \(path.printable) (\(rule))\n  \(problem.printable)\n  Fix: \(fix.printable)"
    }
}

extension [Finding] {
    /// One finding for each cause: findings that differ only in their place are merged, with all places.
    var merged: [Finding] {
        var places: [Finding: [String]] = [:]
        var causes: [Finding] = []
        var seen: Set<Finding> = []
        for finding in self where seen.insert(finding).inserted {
            let cause = finding.moved(to: "")
            if places[cause] == nil { causes.append(cause) }
            places[cause, default: []].append(finding.path)
        }
        return causes.map { $0.moved(to: places[$0, default: []].joined(separator: ", ")) }
    }
}

extension Finding {
    fileprivate func moved(to path: String) -> Finding {
        Finding(rule, at: path, problem, fix: fix, severity: severity)
    }
}
