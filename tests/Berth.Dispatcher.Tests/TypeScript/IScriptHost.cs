using Berth.TestKit;

namespace Berth.Dispatcher.Tests.TypeScript;

/// <summary>Something that runs JavaScript with the packed client as the global <c>client</c>.</summary>
internal interface IScriptHost : IAsyncDisposable
{
    /// <summary>The origin of its requests, which a dispatcher has to allow; null where there is none.</summary>
    string? Origin { get; }

    /// <summary>Evaluates an expression, and awaits a promise.</summary>
    Task<T> EvaluateAsync<T>(string expression);

    /// <summary>Waits until an expression, or its promise, is true.</summary>
    Task WaitForAsync(string condition) => Wait.ForAsync(
        condition,
        async _ => await EvaluateAsync<bool>($"Promise.resolve({condition}).then(Boolean)") ? "" : null,
        DispatcherFixture.Cancelled);
}
