using Microsoft.Extensions.DependencyInjection;

namespace Berth.Http;

/// <summary>Adds <see cref="BerthHandler"/> to the clients of <c>IHttpClientFactory</c>.</summary>
public static class BerthHandlerClients
{
    /// <summary>
    /// Sends the client's requests to the pods of a view that is registered under a name. <c>http://NAME/</c> then stands for it.
    /// </summary>
    /// <remarks>Add it after handlers that retry, so that each of their attempts picks a pod.</remarks>
    /// <param name="builder">The client.</param>
    /// <param name="view">The name of the view: that of <c>AddBerthView</c>, or the key of an <see cref="EndpointView"/>.</param>
    /// <param name="configure">Changes the options.</param>
    /// <returns>The same client, for further calls.</returns>
    /// <exception cref="InvalidOperationException">The host is built already.</exception>
    public static IHttpClientBuilder AddBerthHandler(
        this IHttpClientBuilder builder, string view, Action<BerthHandlerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(view);
        CheckOpen(builder);
        string client = builder.Name;
        return builder.AddHttpMessageHandler(services =>
        {
            EndpointView found = services.GetKeyedService<EndpointView>(view) ?? throw new InvalidOperationException(
                $"The HttpClient '{client}' asks for the view '{view}', and there is none of that name. Call " +
                $"builder.AddBerthView(\"{view}\"), or register an EndpointView with that key.");
            BerthHandlerOptions options = new();
            options.Hosts.Add(view);
            configure?.Invoke(options);
            return new BerthHandler(found, options);
        });
    }

    /// <summary>Sends the client's requests to the pods of a view that a function finds.</summary>
    /// <remarks>Add it after handlers that retry, so that each of their attempts picks a pod.</remarks>
    /// <param name="builder">The client.</param>
    /// <param name="getView">Returns the view. Called for each handler that the factory makes.</param>
    /// <param name="configure">Changes the options.</param>
    /// <returns>The same client, for further calls.</returns>
    /// <exception cref="InvalidOperationException">The host is built already.</exception>
    public static IHttpClientBuilder AddBerthHandler(
        this IHttpClientBuilder builder, Func<IServiceProvider, EndpointView> getView, Action<BerthHandlerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(getView);
        CheckOpen(builder);
        return builder.AddHttpMessageHandler(services =>
        {
            BerthHandlerOptions options = new();
            configure?.Invoke(options);
            return new BerthHandler(getView(services), options);
        });
    }

    private static void CheckOpen(IHttpClientBuilder builder)
    {
        if (builder.Services.IsReadOnly)
        {
            throw new InvalidOperationException(
                $"The host is built already: the HttpClient '{builder.Name}' cannot get a handler. Call AddBerthHandler before Build().");
        }
    }
}
