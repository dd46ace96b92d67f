namespace Berth.Targets;

/// <summary>
/// The name rules of Kubernetes objects (RFC 1123 labels and subdomains), as in
/// <see href="https://kubernetes.io/docs/concepts/overview/working-with-objects/names/">Object Names and IDs</see>.
/// </summary>
internal static class Dns1123
{
    /// <summary>The longest label, in characters.</summary>
    public const int MaxLabelLength = 63;

    /// <summary>The longest subdomain (such as a pod name), in characters.</summary>
    public const int MaxSubdomainLength = 253;

    /// <summary>Returns the fault of a label, or null.</summary>
    public static string? FaultOfLabel(ReadOnlySpan<char> label)
    {
        if (label.IsEmpty)
            return "is empty";
        if (label.Length > MaxLabelLength)
            return $"has {label.Length} characters, more than {MaxLabelLength}";
        foreach (char c in label)
        {
            if (!IsLowerAlphanumeric(c) && c != '-')
                return $"contains '{Printable(c)}'; only a-z, 0-9 and '-' are allowed";
        }

        return label[0] == '-' || label[^1] == '-' ? "starts or ends with '-'" : null;
    }

    /// <summary>Returns the fault of a cluster's name, a label too, as a sentence, or null.</summary>
    public static string? FaultOfCluster(string name) =>
        FaultOfLabel(name) is { } fault ? $"The cluster name '{name}' {fault}. Give a label such as east." : null;

    /// <summary>Returns the fault of a Service's name (RFC 1035 before Kubernetes 1.34, RFC 1123 after), or null.</summary>
    /// <remarks>The wider rule applies: a server that does not allow a name has no such Service.</remarks>
    public static string? FaultOfSubdomain(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty)
            return "is empty";
        if (name.Length > MaxSubdomainLength)
            return $"has {name.Length} characters, more than {MaxSubdomainLength}";
        foreach (Range part in name.Split('.'))
        {
            ReadOnlySpan<char> label = name[part];
            if (label.IsEmpty)
                return "has an empty part between dots";
            foreach (char c in label)
            {
                if (!IsLowerAlphanumeric(c) && c != '-')
                    return $"contains '{Printable(c)}'; only a-z, 0-9, '-' and '.' are allowed";
            }

            if (label[0] == '-' || label[^1] == '-')
                return "has a part that starts or ends with '-'";
        }

        return null;
    }

    private static bool IsLowerAlphanumeric(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c);

    private static string Printable(char c) => char.IsControl(c) || char.IsSurrogate(c) ? $"\\u{(int)c:x4}" : c.ToString();
}
