using System.Net.Http.Headers;
using System.Text;

namespace Berth.Kubernetes.Access.Credentials;

/// <summary>
/// The impersonated user, groups and extra fields of requests. See
/// <see href="https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation"/>.
/// </summary>
internal sealed class Impersonation(IReadOnlyList<(string Name, string Value)> headers)
{
    internal void Apply(HttpRequestHeaders request)
    {
        foreach ((string name, string value) in headers)
            request.TryAddWithoutValidation(name, value);
    }

    /// <summary>Returns true when a header can contain the text.</summary>
    internal static bool MayStand(string value) => value.All(static c => c is >= ' ' and <= '~');

    /// <summary>Returns the header of an extra field. Characters that a header's name cannot have are escaped as in a URL.</summary>
    internal static string ExtraHeader(string key)
    {
        StringBuilder name = new("Impersonate-Extra-");
        foreach (byte b in Encoding.UTF8.GetBytes(key))
        {
            char c = (char)b;
            if (char.IsAsciiLetterOrDigit(c) || "!#$&'*+-.^_`|~".Contains(c))
                name.Append(c);
            else
                name.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return name.ToString();
    }
}
