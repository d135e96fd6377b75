/// A file of environment variables, one `NAME=VALUE` per line, as `docker run --env-file` reads it: the value is
/// everything after the equals sign, including quotes.
package struct EnvironmentFile: Sendable {
    package private(set) var variables: [String: String] = [:]

    package init(_ text: String) throws(ConfigurationError) {
        // A Windows line break is one character.
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        for (index, line) in lines.enumerated() {
            var line = line.drop { $0 == " " || $0 == "\t" }
            if line.isEmpty || line.hasPrefix("#") { continue }
            if line.hasPrefix("export ") { line = line.dropFirst(7).drop { $0 == " " } }
            guard let equals = line.firstIndex(of: "=") else {
                // Without a value, Docker uses the variable of its own environment.
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
