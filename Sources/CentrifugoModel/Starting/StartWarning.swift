/// A warning of Centrifugo when it starts; it starts nevertheless.
package enum StartWarning: Sendable, Hashable {
    /// Centrifugo does not read this option.
    case unknownKey(OptionPath)
    /// Centrifugo does not read this environment variable.
    case unknownVariable(String)
    /// There is no file, so all options are defaults or come from variables.
    case noConfigurationFile
    /// `client.insecure` accepts every client.
    case insecureMode
}
