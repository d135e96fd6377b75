/// Why a policy file cannot be used: one sentence that names the file, the place, and what to change.
package struct PolicyError: Error, Hashable, CustomStringConvertible {
    /// The sentence.
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
