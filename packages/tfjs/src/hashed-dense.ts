/** A hidden layer of TensorFlow.js of which each row computes only the units that a selector chose. */
import { customGrad, serialization, tensor, tidy, zerosLike, type Tensor } from '@tensorflow/tfjs-core';
import { initializers, layers, LayerVariable, type Shape } from '@tensorflow/tfjs-layers';
import {
  adam,
  hidden,
  StandaloneLayer,
  type HiddenActivation,
  type OptimizerSpec,
  type SelectorSpec,
  type UnitWeights,
} from '@hashgrad/sparse-nn';
import { bytesOf, bytesTensor } from './byte-tensors.ts';
import { fromConfigText, toConfigText } from './config-text.ts';
import { checkCount, checkOptions, shown, type Known } from './options.ts';
import { inputsOf, rowsOf } from './rows.ts';

/** What `hashedDense` takes: its own, and what every layer of tfjs does. */
export interface HashedDenseArgs {
  readonly units: number;
  /** Which units a row computes: a selector for hidden layers of sparse-nn. In a saved config it is text. */
  readonly select: SelectorSpec | string;
  /** Default 'relu'. */
  readonly activation?: HiddenActivation | undefined;
  /** What trains the layer's weights, in place of the model's optimizer. Default: adam(). */
  readonly optimizer?: OptimizerSpec | string | undefined;
  /**
   * What the layer computes outside of training. 'sparse' (the default): for each row what the selector chooses. 'full': all units.
   */
  readonly pass?: 'sparse' | 'full' | undefined;
  /** All that is random follows from it. Default 1. */
  readonly seed?: number | undefined;
  /** Bytes of its memory where that cannot be shared, and so not grow. Default 256 MiB. */
  readonly capacity?: number | undefined;
  /** As for all layers. */
  readonly name?: string | undefined;
  readonly trainable?: boolean | undefined;
  readonly inputShape?: Shape | undefined;
  readonly batchInputShape?: Shape | undefined;
  readonly dtype?: 'float32' | undefined;
}

const ARGS: Known<HashedDenseArgs> = {
  units: true,
  select: true,
  activation: true,
  optimizer: true,
  pass: true,
  seed: true,
  capacity: true,
  name: true,
  trainable: true,
  inputShape: true,
  batchInputShape: true,
  dtype: true,
};

/**
 * A hidden layer of chosen units, for `tf.sequential` and `layer.apply`. In `model.fit` its weights are trained by its own optimizer.
 * @throws {RangeError} @throws {TypeError} for arguments that do not fit; of the selector, once the width of the input is known.
 */
export function hashedDense(args: HashedDenseArgs): HashedDense {
  return new HashedDense(args);
}

/** See `hashedDense`. */
export class HashedDense extends layers.Layer {
  static readonly className: string = 'HashedDense';
  readonly units: number;
  readonly select: SelectorSpec;
  readonly activation: HiddenActivation;
  readonly optimizer: OptimizerSpec;
  readonly pass: 'sparse' | 'full';
  readonly #own: Pick<HashedDenseArgs, 'seed' | 'capacity'>;
  #layer: StandaloneLayer | undefined;
  #anchor: LayerVariable | undefined;

  constructor(args: HashedDenseArgs) {
    checkOptions('hashedDense', args, ARGS);
    const {
      units,
      select,
      activation = 'relu',
      optimizer = adam(),
      pass = 'sparse',
      seed,
      capacity,
      ...rest
    } = args;
    checkCount('hashedDense: units', units);
    if (pass !== 'sparse' && pass !== 'full') {
      throw new RangeError(`hashedDense: pass is 'sparse' or 'full'; got ${shown(pass)}.`);
    }
    if (select === undefined) throw new TypeError('hashedDense takes `select`, a selector such as lsh().');
    super(definedOf(rest) as ConstructorParameters<typeof layers.Layer>[0]);
    this.units = units;
    this.select = fromConfigText(select);
    this.activation = activation;
    this.optimizer = fromConfigText(optimizer);
    this.pass = pass;
    this.#own = definedOf({ seed, capacity });
  }

  /** From a saved config, to which tfjs adds what it knows of other classes. */
  static override fromConfig<T extends serialization.Serializable>(
    constructor: serialization.SerializableConstructor<T>,
    config: serialization.ConfigDict,
  ): T {
    const { customObjects: _, ...own } = config;
    return new constructor(own);
  }

  override build(inputShape: Shape | Shape[]): void {
    const inputs = shapeOf(inputShape).at(-1);
    if (typeof inputs !== 'number') {
      throw new RangeError(`${this.name}: the last dimension of the input is known; got ${shown(inputs)}.`);
    }
    const layer = hidden(this.units, this.select, { activation: this.activation });
    try {
      this.#layer = StandaloneLayer.create({ inputs, layer, optimizer: this.optimizer, ...this.#own });
    } catch (error) {
      throw new RangeError(`${this.name}: ${(error as Error).message}`, { cause: error });
    }
    // By it the layer's gradient is asked for even where nothing below is trained. Its own gradient is 0.
    this.#anchor = this.addWeight('anchor', [1], 'float32', initializers.zeros());
    this.nonTrainableWeights = [
      new StateVariable(`${this.name}/state`, {
        read: () => this.#built.toBytes(),
        write: (bytes) => this.#replace(bytes),
      }),
    ];
    this.built = true;
  }

  override call(inputs: Tensor | Tensor[], kwargs: Record<string, unknown>): Tensor {
    const x = Array.isArray(inputs) ? inputs[0]! : inputs;
    const layer = this.#built;
    const rows = rowsOf(this.name, x, layer.inputs);
    const training = kwargs['training'] === true;
    const shape = [...x.shape.slice(0, -1), this.units];
    this.invokeCallHook(inputs, kwargs);
    const operation = customGrad((from, anchor) => {
      const given = inputsOf((from as Tensor).dataSync(), rows, layer.inputs);
      if (!training && this.pass === 'full') {
        const gradFunc = (): never => {
          throw new Error(
            `${this.name}: with pass 'full' it has gradients in training only, with { training: true }.`,
          );
        };
        return { value: tensor(layer.forwardAll(given), shape), gradFunc };
      }
      const { outputs, backward } = layer.forward(given, training && this.trainable);
      return {
        value: tensor(outputs, shape),
        gradFunc: (dy: Tensor) => [
          tensor(backward(dy.dataSync() as Float32Array), x.shape),
          zerosLike(anchor as Tensor),
        ],
      };
    });
    return operation(x, this.#anchor!.read());
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return [...shapeOf(inputShape).slice(0, -1), this.units];
  }

  override countParams(): number {
    return this.units * (this.#built.inputs + 1);
  }

  override getConfig(): serialization.ConfigDict {
    return {
      ...super.getConfig(),
      units: this.units,
      activation: this.activation,
      select: toConfigText(this.select),
      optimizer: toConfigText(this.optimizer),
      pass: this.pass,
      ...this.#own,
    } as serialization.ConfigDict;
  }

  /** A copy of the weights, by unit. @throws {Error} before the layer is built. */
  copyWeights(): UnitWeights {
    return this.#built.copyWeights();
  }

  protected override disposeWeights(): number {
    this.#layer?.close();
    return super.disposeWeights();
  }

  get #built(): StandaloneLayer {
    if (this.#layer) return this.#layer;
    throw new Error(`${this.name} was not built yet: its input is not known.`);
  }

  /** Becomes what a file holds. */
  #replace(bytes: Uint8Array): void {
    const before = this.#built;
    const { capacity } = this.#own;
    const loaded = StandaloneLayer.fromBytes(bytes, { capacity });
    if (loaded.inputs !== before.inputs || loaded.spec.units !== before.spec.units) {
      const [found, wanted] = [loaded, before].map(
        ({ inputs, spec }) => `${inputs} inputs and ${spec.units} units`,
      );
      loaded.close();
      throw new RangeError(`${this.name}: a layer of ${wanted} takes no state of one of ${found}.`);
    }
    before.close();
    this.#layer = loaded;
  }
}

serialization.registerClass(HashedDense as unknown as serialization.SerializableConstructor<HashedDense>);

/** What a variable of a layer's state reads and writes. */
interface State {
  read(): Uint8Array;
  write(bytes: Uint8Array): void;
}

/** All that training changes, as a weight of tfjs: read when it is asked for, so that training does not copy it. */
class StateVariable extends LayerVariable {
  readonly #state: State;

  constructor(name: string, state: State) {
    const none = bytesTensor(new Uint8Array(0));
    super(none, 'string', name, false);
    none.dispose();
    this.#state = state;
  }

  override read(): Tensor {
    // The variable shares what the tensor holds, and keeps it.
    tidy(() => this.val.assign(bytesTensor(this.#state.read())));
    return super.read();
  }

  override write(value: Tensor): this {
    this.#state.write(bytesOf(value));
    return this;
  }
}

function shapeOf(given: Shape | Shape[]): Shape {
  return Array.isArray(given[0]) ? (given[0] as Shape) : (given as Shape);
}

function definedOf<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
