#if TOML
import TOMLKit

/// Reads TOML like Go's readers.
enum TOMLReader {
    static func document(_ text: String) throws(ConfigurationError) -> ConfigurationValue {
        guard !text.hasPrefix("\u{FEFF}") else {
            throw ConfigurationError(
                "a byte order mark is not TOML; save the file as UTF-8 without one",
                line: 1,
                stopsCentrifugo: true
            )
        }
        try TOMLShape.check(text)
        let json: String
        do {
            json = try TOMLTable(string: text).convert(to: .json)
        } catch let error as TOMLParseError {
            throw ConfigurationError(
                "this is not TOML: \(error.description)",
                line: error.source.begin.line,
                stopsCentrifugo: true
            )
        } catch {
            throw ConfigurationError("this is not TOML", stopsCentrifugo: true)
        }
        do {
            return try ConfigurationValue(json: Array(json.utf8))
        } catch {
            // The error's line is not one of the file.
            throw ConfigurationError("it cannot be read as JSON would be: \(error.problem)")
        }
    }
}
#else
enum TOMLReader {
    static func document(_ text: String) throws(ConfigurationError) -> ConfigurationValue {
        throw ConfigurationError(
            "this build does not read TOML; build centrifugo-proxy with --traits TOML, or convert the file to YAML"
        )
    }
}
#endif
