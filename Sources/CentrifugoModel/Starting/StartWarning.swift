/// What Centrifugo warns of at its start, and then goes on.
package enum StartWarning: Sendable, Hashable {
    /// Nobody reads this option.
    case unknownKey(OptionPath)
    /// Nobody reads this environment variable.
    case unknownVariable(String)
    /// There is no file, and so all options are the defaults or come from variables.
    case noConfigurationFile
    /// `client.insecure` lets everybody in.
    case insecureMode
}
