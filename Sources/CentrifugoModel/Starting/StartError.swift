/// Why Centrifugo does not start with a configuration.
package struct StartError: Error, Sendable, Hashable {
    /// What kind of mistake it is, in words that stay the same from release to release, such as `wrong-type`.
    package let rule: String
    /// The option, or the environment variable.
    package let path: String
    /// What is wrong, as a sentence without its full stop.
    package let problem: String
    /// What to change, likewise.
    package let fix: String

    init(_ rule: String, at path: OptionPath, _ problem: String, fix: String) {
        self.init(rule, at: path.description, problem, fix: fix)
    }

    package init(_ rule: String, at path: String, _ problem: String, fix: String) {
        self.rule = rule
        self.path = path
        self.problem = problem
        self.fix = fix
    }
}

extension StartError: CustomStringConvertible {
    package var description: String { "\(path): \(problem)" }
}
