/// The environment variables that Kubernetes gives a pod for each Service, unless `enableServiceLinks` is false.
package enum ServiceLink {
    /// Whether a name is one of those.
    ///
    /// - Parameter name: The name without the beginning that it shares with a program's own variables.
    /// - Returns: Whether it is.
    package static func isOne(_ name: some StringProtocol) -> Bool {
        let name = String(name)
        let ends = /SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?/
        guard name.wholeMatch(of: ends) == nil else { return true }
        // A Service `centrifugo-metrics` has more in front.
        return name.indices.contains { index in
            name[index] == "_" && name[name.index(after: index)...].wholeMatch(of: ends) != nil
        }
    }
}
