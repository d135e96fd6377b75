import CentrifugoProxy

/// Something in Centrifugo's configuration that does not do what it says.
package struct Finding: Sendable, Hashable, Codable {
    package enum Severity: String, Sendable, Codable {
        /// Something does not work.
        case problem
        /// Something may not work; it depends on what the configuration does not say.
        case note
    }

    package let severity: Severity
    /// What was looked for, in words that stay the same from release to release.
    package let rule: String
    /// Where in the configuration, such as `client.proxy.connect.timeout`.
    package let path: String
    /// What happens, and why.
    package let reason: String
    /// What to change.
    package let mend: String

    init(_ rule: String, at path: String, _ reason: String, mend: String, severity: Severity = .problem) {
        self.severity = severity
        self.rule = rule
        self.path = path
        self.reason = reason
        self.mend = mend
    }
}

extension Finding: CustomStringConvertible {
    package var description: String {
        // Names of a foreign configuration are in all of them.
        "\(severity.rawValue) at \(path.printable) (\(rule))\n  \(reason.printable)\n  Mend: \(mend.printable)"
    }
}
