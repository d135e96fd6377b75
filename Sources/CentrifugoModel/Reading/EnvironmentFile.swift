/// A file of environment variables, one `NAME=VALUE` a line, as `docker run --env-file` reads it: a value is all that
/// follows the equals sign, with its quotes.
package struct EnvironmentFile: Sendable {
    package private(set) var variables: [String: String] = [:]

    package init(_ text: String) throws(ConfigurationError) {
        // A line break of Windows is one character.
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        for (index, line) in lines.enumerated() {
            var line = line.drop { $0 == " " || $0 == "\t" }
            if line.isEmpty || line.hasPrefix("#") { continue }
            if line.hasPrefix("export ") { line = line.dropFirst(7).drop { $0 == " " } }
            guard let equals = line.firstIndex(of: "=") else {
                // Without a value, Docker takes the variable of its own environment.
                guard line.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }) else {
                    throw ConfigurationError("this is not NAME=VALUE", line: index + 1)
                }
                continue
            }
            let name = line[..<equals]
            guard !name.isEmpty, !name.contains(where: \.isWhitespace) else {
                throw ConfigurationError("the name before = is empty or has a space in it", line: index + 1)
            }
            variables[String(name)] = String(line[line.index(after: equals)...])
        }
    }
}
