using System.Net;
using System.Text;
using Berth.Backoff;
using Berth.Kubernetes.Access.Credentials;
using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Http;

/// <summary>Describes an answer that is not a success, or not from a Kubernetes API, as a sentence.</summary>
internal static class AnswerFailure
{
    private const int MaxQuote = 300;

    /// <summary>Creates the exception for a success whose body is not from a Kubernetes API.</summary>
    internal static KubernetesProtocolException NotKubernetes(
        ClusterAccess access, ApiRequest request, Credential credential, HttpResponseMessage response) =>
        new(
            $"{access.Server} ({access.Source}) is not a Kubernetes API: "
            + $"it answered GET {Path(request)} with {(int)response.StatusCode} and {credential.Redact(Describe(response))}, "
            + "not with JSON. Check the server's address.");

    /// <summary>Creates the exception for a refusal.</summary>
    internal static KubernetesRequestException Refused(
        ClusterAccess access,
        ApiRequest request,
        Credential credential,
        HttpResponseMessage response,
        ReadOnlyMemory<byte> body,
        DateTimeOffset now)
    {
        if ((int)response.StatusCode is >= 300 and < 400)
            return NotKubernetes(access, request, credential, response);
        int code = (int)response.StatusCode;
        KubernetesStatus? parsed = KubernetesStatus.Parse(body);
        if (parsed is null && response.StatusCode == HttpStatusCode.NotFound && !IsPlain(response))
            return NotKubernetes(access, request, credential, response);

        KubernetesStatus status = parsed ?? new KubernetesStatus(code, null, Quote(response, body, credential), [], null);
        status = status.Clean(credential.Redact) with { Code = code };
        TimeSpan? stated = status.RetryAfterSeconds is { } seconds ? TimeSpan.FromSeconds(Math.Max(seconds, 0)) : null;
        return new KubernetesApiException(
            Sentence(access, request, credential, status), status, RetryAfter.Read(response.Headers, now) ?? stated);
    }

    private static string Describe(HttpResponseMessage response)
    {
        // Show only the host: the rest of a login page's address may contain secrets.
        if (response.Headers.Location is { } elsewhere)
            return $"a redirect to {(elsewhere.IsAbsoluteUri ? elsewhere.GetLeftPart(UriPartial.Authority) : "another path")}";
        string type = response.Content.Headers.ContentType?.MediaType ?? "no content type";
        ICollection<string> encodings = response.Content.Headers.ContentEncoding;
        return encodings.Count == 0 ? type : $"{type}, encoded as {string.Join(", ", encodings)}, which was not asked for";
    }

    private static string Sentence(ClusterAccess access, ApiRequest request, Credential credential, KubernetesStatus status)
    {
        string said = string.IsNullOrWhiteSpace(status.Message) ? "" : $": {status.Message.Trim().TrimEnd('.')}";
        string asked = request.Resource is null
            ? $"GET {Path(request)}"
            : $"{request.Verb} {request.Resource}{(request.Namespace is null ? "" : $" in namespace \"{request.Namespace}\"")}";
        string refusal = $"The API server {access.Server} refused to {asked} ({status.Code} {status.Reason ?? "without a reason"}){said}.";
        return status.Code switch
        {
            401 when credential.IsEmpty && access.Certificate is null =>
                $"{refusal} No credential is configured in {access.Source}. Add one.",
            401 => $"{refusal} The credential from {access.Source} is not accepted. Renew it, or choose another context.",
            403 when request.MissingRule() is { } rule => $"{refusal} Its RBAC does not allow it. {rule}",
            _ => refusal,
        };
    }

    // Some refusals of an API server are plain text ("Too many requests", "404 page not found"). Those of a proxy in front of it are
    // usually HTML.
    private static bool IsPlain(HttpResponseMessage response) =>
        response.Content.Headers.ContentType?.MediaType is null or "text/plain" or "application/json" or ProtobufEnvelope.ContentType;

    private static string? Quote(HttpResponseMessage response, ReadOnlyMemory<byte> body, Credential credential)
    {
        if (!IsPlain(response))
            return $"the answer is {response.Content.Headers.ContentType?.MediaType}, as of a proxy before it";
        string text = string.Join(' ', Encoding.UTF8.GetString(body.Span).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        // Redact before shortening: half of a secret would not be recognised.
        text = credential.Redact(text);
        return text.Length == 0 ? null : text.Length <= MaxQuote ? text : text[..MaxQuote] + "…";
    }

    private static string Path(ApiRequest request) => request.PathAndQuery.Split('?')[0];
}
