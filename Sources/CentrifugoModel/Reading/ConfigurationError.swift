/// Why a file cannot be read as a configuration: the end of a sentence that begins with the file's name.
package struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// The line of the mistake, from 1; nil when it is not in a single line.
    package let line: Int?
    /// What is wrong, and what to change.
    package let problem: String
    /// Whether Centrifugo itself would also refuse the file, and not only this reader.
    package let stopsCentrifugo: Bool

    package init(_ problem: String, line: Int? = nil, stopsCentrifugo: Bool = false) {
        self.line = line
        self.problem = problem
        self.stopsCentrifugo = stopsCentrifugo
    }

    package var description: String { line.map { "line \($0): \(problem)" } ?? problem }
}
