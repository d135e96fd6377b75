/// Why Centrifugo does not start with a configuration.
package struct StartError: Error, Sendable, Hashable {
    /// The kind of mistake, by a name that is the same in every release, such as `wrong-type`.
    package let rule: String
    /// The option, or the environment variable.
    package let path: String
    /// The mistake, as a sentence without its full stop.
    package let problem: String
    /// What to change, in the same form.
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
