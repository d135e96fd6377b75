/// Why a file cannot be read as a configuration, as the end of a sentence that begins with the file's name.
package struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// The line of the mistake, from 1; nil when it is not in one line.
    package let line: Int?
    /// What is wrong, and what to change.
    package let problem: String
    /// Whether Centrifugo itself would refuse the file, too: it is not that this reader alone cannot read it.
    package let stopsCentrifugo: Bool

    package init(_ problem: String, line: Int? = nil, stopsCentrifugo: Bool = false) {
        self.line = line
        self.problem = problem
        self.stopsCentrifugo = stopsCentrifugo
    }

    package var description: String { line.map { "line \($0): \(problem)" } ?? problem }
}
