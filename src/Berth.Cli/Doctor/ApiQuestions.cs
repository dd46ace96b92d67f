using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json;
using Berth.Kubernetes;
using Berth.Kubernetes.Http;

namespace Berth.Cli.Doctor;

/// <summary>Requests to the API server. A refusal is a value, and the server stores nothing.</summary>
internal sealed class ApiQuestions : IDisposable
{
    private readonly DoctorTask _task;
    private readonly Meter _meter = new("Berth.Doctor");
    private readonly KubernetesApi _api;

    public ApiQuestions(DoctorTask task, ClusterAccess access)
    {
        _task = task;
        _api = new KubernetesApi(access, _meter, task.Host.Time);
    }

    /// <summary>Asks for an object or a list.</summary>
    public Task<ApiAnswer> GetAsync(string path, CancellationToken cancellationToken) =>
        AskAsync(path, token => _api.GetAsync(path, token), ReadAsync, cancellationToken);

    /// <summary>Asks a question about the caller itself.</summary>
    public Task<ApiAnswer> AskAsync(string path, string json, CancellationToken cancellationToken) =>
        AskAsync(path, token => _api.AskAsync(path, Encoding.UTF8.GetBytes(json), token), ReadAsync, cancellationToken);

    /// <summary>Opens a watch, and closes it as soon as the server has accepted it.</summary>
    public Task<ApiAnswer> OpenAsync(string path, CancellationToken cancellationToken) => AskAsync(
        path, token => _api.GetAsync(path, token),
        static (response, _) => Task.FromResult(new ApiAnswer(response.StatusCode, default, null, response.Date)), cancellationToken);

    public void Dispose()
    {
        _api.Dispose();
        _meter.Dispose();
    }

    private static async Task<ApiAnswer> ReadAsync(KubernetesResponse response, CancellationToken cancellationToken)
    {
        using JsonDocument document = await JsonDocument.ParseAsync(response.Body, cancellationToken: cancellationToken)
            .ConfigureAwait(false);
        return new ApiAnswer(response.StatusCode, document.RootElement.Clone(), null, response.Date);
    }

    private async Task<ApiAnswer> AskAsync(
        string path, Func<CancellationToken, Task<KubernetesResponse>> send,
        Func<KubernetesResponse, CancellationToken, Task<ApiAnswer>> read, CancellationToken cancellationToken)
    {
        try
        {
            return await _task.WithinAsync(
                async token =>
                {
                    using KubernetesResponse response = await send(token).ConfigureAwait(false);
                    return await read(response, token).ConfigureAwait(false);
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesApiException exception)
        {
            return new ApiAnswer(exception.StatusCode, default, exception.Status.Message ?? exception.Message, null);
        }
        catch (Exception exception) when (exception is KubernetesRequestException or ClusterAccessException or TimeoutException)
        {
            return new ApiAnswer(0, default, exception.Message, null);
        }
        catch (JsonException exception)
        {
            return new ApiAnswer(0, default, $"The answer to {path} is no JSON: {exception.Message}", null);
        }
    }
}
